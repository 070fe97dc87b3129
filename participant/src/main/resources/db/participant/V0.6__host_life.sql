-- How a host's silence is judged, how it died, and who else claims its name.
alter table host
    add column every        text not null default 'PT5S',
    add column counted_from timestamptz,                  -- from when its silence counts
    add column machine_id   text,
    add column death        jsonb,                        -- null: it is not dead
    add column second       jsonb,                        -- null: no other machine claims its name
    add column note         text not null default '';     -- what operators should know
alter table host rename column silent_at to due_at;
update host set counted_from = heard_at, machine_id = inventory ->> 'machineId';
alter table host alter column counted_from set not null, alter column machine_id set not null;

-- Parts that are to be looked at because of what has become of a host.
create table host_change (
    host       text        not null,
    allocation text        not null,
    news       boolean     not null, -- something has happened that is to be told
    due_at     timestamptz not null,
    primary key (host, allocation, news)
);
create index host_change_due on host_change (due_at);

-- When hosts are maintained, as placement says; kept beside what hosts say, for it may come before a host was ever heard of.
create table maintenance (
    host    text   primary key,
    version bigint not null,
    windows jsonb  not null, -- name, window (start, end), reason, by
    due_at  timestamptz      -- when the first of them that is not over ends; null: none
);
create index maintenance_due on maintenance (due_at) where due_at is not null;

-- Whose a pool is, and when it takes no bookings for that.
alter table pool
    add column host     text, -- null: the site's own
    add column closures jsonb not null default '{"windows": []}'; -- start, end
update pool set host = coalesce(labels ->> 'host', id)
where exists (select from host where host.id = coalesce(pool.labels ->> 'host', pool.id));
create index pool_host on pool (host);

-- The database refuses that too, of what is booked anew: what was booked before stays.
create function open_throughout() returns trigger language plpgsql as $$
declare
    closed text;
begin
    select p.id into closed from inserted i
    join pool p on p.id = i.pool
    cross join lateral jsonb_to_recordset(p.closures -> 'windows') as c("start" timestamptz, "end" timestamptz)
    where i.during && tstzrange(c."start", c."end")
    limit 1;
    if found then
        raise exception 'pool % is closed at some time of it', closed
            using errcode = 'exclusion_violation', constraint = 'open_throughout';
    end if;
    return null;
end $$;
-- By its name after the one that locks the pools.
create trigger within_capacity_open after insert on booking
    referencing new table as inserted for each statement execute function open_throughout();

-- Whose bookings can not stay where they are; another place is looked for at the due time.
create table displaced (
    allocation text        primary key,
    due_at     timestamptz not null
);
create index displaced_due on displaced (due_at);
insert into displaced
select distinct allocation, clock_timestamp() from booking join pool on pool.id = booking.pool where not pool.open;

-- What a share counts for, of what its master may have here.
alter table allocation
    add column starts_at    timestamptz,
    add column ends_at      timestamptz,
    add column machines     integer not null default 0,
    add column volume_bytes bigint  not null default 0,
    add column counted      boolean not null default true,
    add column held_until   timestamptz,                      -- null: it is confirmed
    add column offered      boolean not null default false;   -- held for an offer
update allocation
set starts_at = (body #>> '{header,spec,window,start}')::timestamptz,
    ends_at = (body #>> '{header,spec,window,end}')::timestamptz,
    machines = (select coalesce(sum((g ->> 'count')::integer), 0) from jsonb_array_elements(body #> '{header,spec,groups}') g),
    volume_bytes = (select coalesce(sum((g ->> 'count')::bigint * (g ->> 'diskBytes')::bigint), 0)
                    from jsonb_array_elements(body #> '{header,spec,groups}') g),
    counted = state not in ('Released', 'Forgotten');
alter table allocation
    alter column starts_at set not null,
    alter column ends_at set not null;
create index allocation_of_master on allocation (master, ends_at) where counted;

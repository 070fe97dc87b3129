-- What can be booked.
create table pool (
    id         text primary key,
    capacity   jsonb   not null, -- dimension -> how much
    first_unit integer,
    last_unit  integer,
    open       boolean not null,
    labels     jsonb   not null
);

-- What is booked. A row is deleted when what it stands for has been seen gone.
create table booking (
    id         bigint generated always as identity primary key,
    allocation text        not null,
    pool       text        not null references pool,
    unit       integer,
    amounts    jsonb       not null, -- dimension -> how much
    starts_at  timestamptz not null,
    ends_at    timestamptz not null,
    held_until timestamptz,          -- null: confirmed
    during     tstzrange   not null generated always as (tstzrange(starts_at, ends_at)) stored,
    -- The backstop behind the lock on the pool's row: a unit is one allocation's at a time.
    constraint unit_is_booked_once exclude using gist (pool with =, unit with =, during with &&)
        where (unit is not null)
);
create index booking_allocation on booking (allocation);
create index booking_pool_during on booking using gist (pool, during);
create index booking_held on booking (held_until) where held_until is not null;

-- The other backstop: at no instant more is booked of a pool than there is. Sums can not be told by an exclusion constraint; what is
-- booked can only rise where a booking starts, so the starts are looked at.
create function within_capacity() returns trigger language plpgsql as $$
declare
    broken record;
begin
    -- Who did not lock the pools before does so now: nobody can count what another has not yet committed.
    perform from pool where id in (select pool from inserted) order by id for no key update;
    select at.pool, most.key as dimension into broken
    from (select pool, lower(during) as instant from inserted
          union
          select i.pool, lower(b.during) from inserted i
          join booking b on b.pool = i.pool and b.during && i.during and lower(b.during) > lower(i.during)) at
    join pool p on p.id = at.pool
    cross join lateral jsonb_each_text(p.capacity) most
    where (select sum((b.amounts ->> most.key)::bigint) from booking b
           where b.pool = at.pool and b.during @> at.instant) > most.value::bigint
    limit 1;
    if found then
        raise exception 'more than there is of % in pool %', broken.dimension, broken.pool
            using errcode = 'exclusion_violation', constraint = 'within_capacity';
    end if;
    return null;
end $$;
create trigger within_capacity after insert on booking
    referencing new table as inserted for each statement execute function within_capacity();

-- One row for every allocation that this participant ever heard of: a late command must not revive it.
create table part (
    allocation text primary key,
    sequence   bigint      not null,
    state      text        not null,
    body       jsonb       not null,
    due_at     timestamptz,
    changed_at timestamptz not null
);
create index part_due on part (due_at) where due_at is not null;

-- What is wanted on hosts, and what was last seen of it. Kept after it is gone, so that generations never fall.
create table resource (
    host       text        not null,
    key        text        not null,
    allocation text        not null,
    name       text        not null,
    generation bigint      not null,
    absent     boolean     not null,
    forgotten  boolean     not null, -- taken from the host's topic
    not_after  timestamptz,
    spec       jsonb       not null,
    phase      text        not null,
    reason     text        not null,
    cleared    boolean     not null, -- seen gone since it was last wanted: nothing is booked for it
    epoch      bigint      not null,
    counter    bigint      not null,
    changed_at timestamptz not null,
    primary key (host, key)
);
create index resource_allocation on resource (allocation);
create index resource_on_host on resource (host) where not forgotten;

-- What hosts say of themselves.
create table host (
    id        text primary key,
    epoch     bigint      not null,
    counter   bigint      not null,
    inventory jsonb       not null,
    heard_at  timestamptz not null,
    silent_at timestamptz,          -- when it falls into a worse state if nothing more is heard; null: it is in the worst
    state     text        not null, -- ALIVE, SUSPECT, LOST
    dead      boolean     not null  -- known to run nothing any more
);
create index host_silent on host (silent_at) where silent_at is not null;

-- Things of ours that nobody here has a record of; an operator decides.
create table stranger (
    host    text        not null,
    key     text        not null,
    seen_at timestamptz not null,
    details jsonb       not null,
    primary key (host, key)
);

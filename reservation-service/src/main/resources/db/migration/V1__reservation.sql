create table reservation (
    id           uuid primary key,
    tenant       text        not null,
    name         text        not null,
    state        text        not null,
    version      bigint      not null,
    body         jsonb       not null,
    due_at       timestamptz,
    requested_at timestamptz not null,
    changed_at   timestamptz not null
);
create index reservation_due on reservation (due_at) where due_at is not null;
create index reservation_tenant on reservation (tenant, id desc);

-- This site's shares, of its own reservations and of its peers'.
create table allocation (
    id         text primary key,
    master     text        not null,
    state      text        not null,
    body       jsonb       not null,
    due_at     timestamptz,
    changed_at timestamptz not null
);
create index allocation_due on allocation (due_at) where due_at is not null;

-- Requests by the key that the tenant gave them, kept for a day.
create table idempotency_key (
    tenant      text        not null,
    key         text        not null,
    body_hash   text        not null,
    reservation uuid        not null references reservation,
    at          timestamptz not null,
    primary key (tenant, key)
);
create index idempotency_key_at on idempotency_key (at);

-- What this site says to each site: the next message's place.
create table stream_out (
    site     text primary key,
    epoch    bigint not null,
    sequence bigint not null -- of the last message
);

-- What was taken of what each site says to this one.
create table stream_in (
    site     text primary key,
    epoch    bigint not null,
    sequence bigint not null, -- of the last message
    position bigint not null  -- the offset in its topic to begin at
);

-- Messages that committed and are not yet acknowledged by the broker.
create table outbox (
    id           bigint generated always as identity primary key,
    topic        text        not null,
    key          text        not null,
    ordering_key text        not null, -- rows that share it are sent one after the other
    payload      text,                 -- null: a tombstone of a compacted topic
    headers      jsonb       not null default '{}',
    created_at   timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Messages whose effect is in this database.
create table inbox (
    consumer   text        not null,
    message_id uuid        not null,
    at         timestamptz not null default clock_timestamp(),
    primary key (consumer, message_id)
);
create index inbox_at on inbox using brin (at);

-- A key of a topic whose messages wait for an operator, since one of them could not be applied.
create table parked_key (
    id           bigint generated always as identity primary key,
    consumer     text        not null,
    ordering_key text        not null,
    since        timestamptz not null default clock_timestamp(),
    unique (consumer, ordering_key)
);

create table parked_message (
    id         bigint generated always as identity primary key, -- in the order of arrival
    parked_key bigint      not null references parked_key,
    message_id uuid        not null,
    topic      text        not null,
    partition  integer     not null,
    position   bigint      not null,
    key        text,
    payload    text,
    reason     text        not null,
    at         timestamptz not null default clock_timestamp()
);
create index parked_message_key on parked_message (parked_key, id);

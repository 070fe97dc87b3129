alter table stream_in
    add column heard_at timestamptz,                 -- when the last message was taken
    add column reused_epoch bigint not null default 0; -- an epoch in which two messages bore one place; 0: none

-- What this site and every site that it talks to, itself not excepted, tell each other about the shares that they have in common.
create table exchange (
    site          text primary key,
    due_at        timestamptz not null,         -- when this site tells next
    told_at       timestamptz,                  -- when it last told
    heard_at      timestamptz,                  -- when the other last told
    seen_epoch    bigint not null default 0,    -- the last that the other had taken by then
    seen_sequence bigint not null default 0,
    differences   jsonb  not null default '[]', -- as of that
    ignored       bigint not null default 0     -- what the other said of shares that are none of its
);
create index exchange_due on exchange (due_at);

-- Every time that this database was set back: the participants may have been told more than it remembers.
create table restored (
    epoch bigint primary key, -- in which the streams began anew
    at    timestamptz not null
);

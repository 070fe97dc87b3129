-- What the test consumer applied, in the order in which it did.
create table entry (
    id       bigint generated always as identity primary key,
    key      text   not null,
    sequence bigint not null
);
create table document (
    id    uuid primary key,
    state jsonb not null,
    due_at timestamptz
);

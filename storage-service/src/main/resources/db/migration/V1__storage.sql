-- What every volume's CHAP secret is made from; one row, made at first start.
create table chap_key (
    single boolean primary key default true check (single),
    key  bytea not null
);

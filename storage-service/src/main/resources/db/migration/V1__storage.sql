-- What every volume's CHAP secret is made from; one row, made at first start.
create table chap_key (
    only boolean primary key default true check (only),
    key  bytea not null
);

-- What the reservations of a tenant count for. What is over stays until its month is, for the hours that it had.
create table quota_use (
    reservation  uuid primary key,
    tenant       text        not null,
    offer_to     uuid,                 -- what was refused, as long as it is a counter-offer to it
    starts_at    timestamptz not null,
    ends_at      timestamptz not null,
    machines     integer     not null,
    volume_bytes bigint      not null,
    open         boolean     not null
);
create index quota_use_tenant on quota_use (tenant, ends_at);

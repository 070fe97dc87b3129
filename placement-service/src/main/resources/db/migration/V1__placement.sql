-- What sites last said of their free capacity, this one's own included.
create table site_capacity (
    site          text primary key,
    at            timestamptz not null, -- by that site's clock
    advertised    jsonb       not null,
    advertise_at  timestamptz           -- this site's own: when to look again; null for a peer's
);

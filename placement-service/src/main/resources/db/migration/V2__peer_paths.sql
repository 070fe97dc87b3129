-- How far peers are, as links have measured.
create table peer_path (
    site              text primary key,
    at                timestamptz      not null, -- when network heard of it
    round_trip_millis double precision not null check (round_trip_millis > 0)
);

-- What stands in the way of a window is read for all pools at once: what overlaps it, and what overran.
create index booking_during on booking using gist (during);
create index booking_ends on booking (ends_at);

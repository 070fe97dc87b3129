-- Reservations that were asked for together, one for each time that their window repeats.
alter table reservation add column series uuid;
create index reservation_series on reservation (series) where series is not null;

-- What was refused, as long as a reservation is a counter-offer to it that nobody has accepted.
alter table reservation add column offer_to uuid;
-- A tenant has one set of them at a time.
create index reservation_offer on reservation (tenant, id) where offer_to is not null and due_at is not null;

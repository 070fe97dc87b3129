-- What is held for a counter-offer makes way for what somebody has asked for.
alter table part add column offer boolean not null default false;
create index part_offer on part (allocation) where offer;

-- What a site believes is told in pages.
alter table exchange
    add column next_page uuid; -- the reservation at which the next page begins; null: at the first
-- Sites compare what they have in common again and again, and what is over only grows.
create index reservation_open on reservation (id) where due_at is not null;
create index allocation_open on allocation (master, id collate "C") where state not in ('Released', 'Forgotten');

-- What is only asked about: nobody books anything for it, and it is forgotten after a while.
alter table reservation add column preview boolean not null default false;
create index reservation_preview on reservation (changed_at) where preview and due_at is null;
alter table allocation add column probed boolean not null default false;
create index allocation_probed on allocation (changed_at) where probed;

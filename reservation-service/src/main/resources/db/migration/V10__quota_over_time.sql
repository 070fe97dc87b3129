-- A reservation that becomes another while it runs counts for what it was until then, and for what it is from then on: a row for each, the last of them open.
alter table quota_use drop constraint quota_use_pkey;
alter table quota_use add primary key (reservation, starts_at);
create unique index quota_use_open on quota_use (reservation) where open;
-- Whether it counts as much as it is or will be, until it is known which.
alter table quota_use add column asked boolean not null default false;
alter table quota_use alter column asked drop default;

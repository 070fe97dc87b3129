-- Since when a share is being given back, for those who must look if that takes long.
alter table allocation add column releasing_since timestamptz;
update allocation set releasing_since = changed_at where state = 'Releasing';
create index allocation_releasing on allocation (releasing_since) where releasing_since is not null;

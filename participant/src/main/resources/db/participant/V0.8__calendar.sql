-- What a service keeps in memory of bookings and pools is true of this stamp: whatever changes them gives it another one, and waits here for who did
-- so before. The database itself does it, so that a change by hand counts like any other. Random, so that no stamp comes again after a restore.
create table calendar (
    id    integer primary key default 1 check (id = 1),
    stamp uuid not null
);
insert into calendar (stamp) values (gen_random_uuid());

create function restamp() returns trigger language plpgsql as $$
begin
    update calendar set stamp = gen_random_uuid();
    return null;
end $$;

-- Who gives back what was never booked waits for nobody.
create function restamp_if_deleted() returns trigger language plpgsql as $$
begin
    if exists (select from deleted) then
        update calendar set stamp = gen_random_uuid();
    end if;
    return null;
end $$;

create trigger restamp_deleted after delete on booking
    referencing old table as deleted for each statement execute function restamp_if_deleted();
create trigger restamp after insert or truncate or update of allocation, pool, unit, amounts, starts_at, ends_at on booking
    for each statement execute function restamp();
create trigger restamp after insert or delete or truncate on pool
    for each statement execute function restamp();
create trigger restamp_changed after update on pool
    for each row when (old.* is distinct from new.*) execute function restamp();

-- What overlaps a window is not read any more.
drop index booking_during;

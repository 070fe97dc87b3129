package io.archipelago.simulation;

import java.time.Duration;
import java.util.List;
import java.util.TreeSet;

/** What goes wrong: processes die, sites are cut off, clocks jump, partitions wander; until it is told to stop. */
final class Chaos {

    private final World world;
    private final Dice dice;
    private final TreeSet<Long> strikesAfter = new TreeSet<>();

    Chaos(World world) {
        this.world = world;
        this.dice = world.dice();
    }

    /** Now and then the database of a reservation-service is copied, and later set back to the copy. */
    void planSetBack(long until) {
        if (!dice.chance(world.showsWhenSetBack() ? 1 : 0.12)) {
            return;
        }
        Site site = dice.pick(world.sites());
        long copied = dice.between(0L, until);
        long restored = copied
                + dice.between(Scheduler.SECOND, dice.chance(0.5) ? 120 * Scheduler.SECOND : 3600 * Scheduler.SECOND);
        world.scheduler().at(copied, () -> {
            Snapshot snapshot = new Snapshot(site.reservation());
            world.tell(site.reservation(), () -> "database is copied");
            world.scheduler().at(restored, () -> setBack(site.reservation(), snapshot));
        });
    }

    /** What is told while clusters come up is told once: most of what may be lost is lost then. */
    void planLosses(List<Long> starts) {
        for (long start : world.lossy() ? starts : List.<Long>of()) {
            world.scheduler().at(start - dice.between(60, 240) * Scheduler.SECOND, () -> {
                if (!world.calm()) {
                    isolateAndLose(dice.pick(world.sites()), dice.between(60, 600) * Scheduler.SECOND);
                }
            });
        }
    }

    private void isolateAndLose(Site site, long duration) {
        isolate(site, duration);
        world.scheduler()
                .after(
                        duration - 1,
                        () -> world.sites().forEach(other -> {
                            lose(site, other);
                            lose(other, site);
                        }));
    }

    private void setBack(ReservationService service, Snapshot snapshot) {
        if (world.calm()) {
            return;
        }
        world.setBack(true);
        service.crash();
        snapshot.restore();
        world.tell(service, () -> "database is set back");
        world.scheduler().after(dice.between(Scheduler.SECOND, 600 * Scheduler.SECOND), service::restart);
    }

    private void lose(Site from, Site to) {
        if (world.calm()) {
            return;
        }
        long lost = to.reservation().streams(from).stream().filter(Lane::lose).count();
        if (lost > 0) {
            world.tell(from, "wan", () -> "what was said to " + to.id() + " and not yet read is lost for good");
        }
    }

    /** Plans faults between now and an instant: some by the clock, some in the thick of what happens. */
    void plan(long until) {
        int faults = dice.chance(0.2) ? 0 : dice.between(1, 12);
        for (int i = 0; i < faults; i++) {
            if (dice.chance(0.5)) {
                strikesAfter.add(world.scheduler().count() + dice.between(0L, 6_000L));
            } else {
                world.scheduler().at(dice.between(world.scheduler().now(), until), () -> {
                    if (!world.calm()) {
                        strike(dice.pick(world.sites()));
                    }
                });
            }
        }
    }

    /** After every event: strikes if it is time, where most is going on. */
    void tick() {
        if (!strikesAfter.isEmpty() && strikesAfter.first() <= world.scheduler().count()) {
            strikesAfter.pollFirst();
            List<Service> busy = world.sites().stream()
                    .flatMap(s -> s.services().stream())
                    .filter(Service::isBusy)
                    .toList();
            if (!busy.isEmpty() && dice.chance(0.7)) {
                Service service = dice.pick(busy);
                if (dice.chance(0.5)) {
                    crash(service);
                } else {
                    halve(service);
                }
            } else {
                strike(dice.pick(world.sites()));
            }
        }
    }

    /** Ends all that goes on; what sites that were cut off have said meanwhile may be lost with it. */
    void heal() {
        if (world.lossy() && dice.chance(0.5)) {
            world.sites().forEach(from -> world.sites().forEach(to -> lose(from, to)));
        }
        world.calm(true);
        strikesAfter.clear();
        world.healCuts();
        for (Site site : world.sites()) {
            site.services().forEach(Service::restart);
            site.services().forEach(Service::wakeLanes);
            site.hosts().forEach(Host::mend);
        }
    }

    private void cutAndLose(Site site) {
        Site other = dice.pick(world.sites());
        long duration = dice.between(1, 600) * Scheduler.SECOND;
        cut(site, other, duration);
        world.scheduler().after(duration - 1, () -> lose(site, other));
    }

    private void strike(Site site) {
        Service service = dice.pick(site.services());
        int hostsFail = world.hostsFail() ? 6 : 0;
        int blow = dice.between(0, 11 + hostsFail + (world.lossy() ? 3 : 0));
        switch (blow) {
            case 0, 1 -> crash(service);
            case 2, 3 -> halve(service);
            case 4 -> {
                world.tell(service, () -> "partitions are given out anew");
                service.rebalance();
            }
            case 5 -> cut(site, dice.pick(world.sites()), dice.between(1, 600) * Scheduler.SECOND);
            case 6 -> isolate(site, dice.between(60, 7200) * Scheduler.SECOND);
            case 7, 8, 9 -> crash(dice.pick(List.copyOf(site.hosts())), site);
            case 10 -> {
                world.tell(site, "clock", () -> "jumps");
                site.jump(Duration.ofSeconds(dice.between(-2, dice.chance(0.3) ? 120 : 5)));
            }
            case 11 -> site.services().forEach(this::crash);
            default -> {
                if (blow <= 11 + hostsFail) {
                    fail(victim(site), site);
                } else {
                    cutAndLose(site);
                }
            }
        }
    }

    private void halve(Service service) {
        world.tell(service, () -> "one of two instances dies");
        service.crashHalf();
        service.rebalance();
    }

    private void crash(Service service) {
        long duration = dice.chance(0.8)
                ? dice.between(100_000L, 20 * Scheduler.SECOND)
                : dice.between(20, 1800) * Scheduler.SECOND;
        world.tell(service, () -> "dies for " + Duration.ofMillis(duration / 1000));
        service.crash();
        world.scheduler().after(duration, () -> {
            if (!service.isUp()) {
                world.tell(service, () -> "is back");
                service.restart();
            }
        });
    }

    private void crash(Host host, Site site) {
        long duration = dice.between(100_000L, 60 * Scheduler.SECOND);
        world.tell(site, host.id().value(), () -> "agent dies for " + Duration.ofMillis(duration / 1000));
        host.crash();
        world.scheduler().after(duration, host::restart);
    }

    /** Mostly one that something stands on: the others have little to lose. */
    private Host victim(Site site) {
        List<Host> laden =
                site.hosts().stream().filter(host -> !host.things().isEmpty()).toList();
        return dice.pick(laden.isEmpty() || dice.chance(0.2) ? List.copyOf(site.hosts()) : laden);
    }

    private void fail(Host host, Site site) {
        long duration = dice.between(1, 90) * Scheduler.MINUTE;
        int how = dice.between(0, 3);
        if (how <= 1) {
            world.tell(
                    site,
                    host.id().value(),
                    () -> "is cut off from the broker for " + duration / Scheduler.MINUTE + " min");
            host.cut();
        } else if (how == 2 || site.hosts().stream().anyMatch(Host::isDestroyed)) {
            world.tell(site, host.id().value(), () -> "loses its power for " + duration / Scheduler.MINUTE + " min");
            host.switchOff();
        } else {
            world.tell(site, host.id().value(), () -> "burns down");
            host.destroy();
            ParticipantService told = dice.pick(List.copyOf(site.participants()));
            world.scheduler().after(dice.between(1, 40) * Scheduler.MINUTE, () -> declareDead(host, told));
            return;
        }
        world.scheduler().after(duration, () -> {
            world.tell(site, host.id().value(), () -> "is back");
            host.mend();
        });
    }

    /** The operator says so until it is believed. */
    private void declareDead(Host host, ParticipantService told) {
        if (!told.hosts().isDead(host.id()) && !told.site().isSettled()) {
            told.request(told.hosts().declareDead(host.id()));
            world.scheduler().after(Scheduler.MINUTE, () -> declareDead(host, told));
        }
    }

    private void isolate(Site site, long duration) {
        world.sites().forEach(other -> cut(site, other, duration));
    }

    private void cut(Site one, Site other, long duration) {
        if (one != other) {
            world.tell(one, "wan", () -> "cut off from " + other.id() + " for " + Duration.ofMillis(duration / 1000));
            world.cut(one.id(), other.id(), world.scheduler().now() + duration);
        }
    }
}

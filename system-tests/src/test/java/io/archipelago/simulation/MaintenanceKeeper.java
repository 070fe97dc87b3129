package io.archipelago.simulation;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import io.archipelago.placement.domain.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When the hosts of a site are maintained, as one participant knows it, and which of its bookings can not stay. */
final class MaintenanceKeeper {

    /** A booking that can not stay. */
    record Displaced(AllocationId allocation) {}

    private static final Duration MOVE_BEFORE = Duration.ofHours(1);

    private final ParticipantService service;
    private final Map<HostId, HostMaintenance> maintained = new LinkedHashMap<>();
    private final Map<Displaced, Instant> displaced = new LinkedHashMap<>();

    MaintenanceKeeper(ParticipantService service) {
        this.service = service;
    }

    /** When a host takes no bookings. */
    List<TimeWindow> closures(HostId host) {
        HostMaintenance known = maintained.get(host);
        return known == null ? List.of() : known.closures();
    }

    /** An operator plans a maintenance; for placement. */
    Work plan(HostId host, String name, TimeWindow window) {
        return new Work("operator", 0, List.of(host), false, () -> true, tx -> {
            HostMaintenance known = maintained.getOrDefault(host, new HostMaintenance(host, 0, List.of()));
            Upkeep.with(known, new Maintenance(name, window, "", "oscar"), tx.now())
                    .ifPresent(said -> {
                        service.world().did(Deed.MAINTENANCE_PLANNED);
                        tx.send(Topics.HOST_EVENTS, host, said);
                        take(said, tx);
                    });
        });
    }

    Work heard(HostMaintenance said, long id) {
        return new Work(said, id, List.of(said.host()), false, () -> true, tx -> take(said, tx));
    }

    private void take(HostMaintenance said, Transaction tx) {
        HostMaintenance known = maintained.get(said.host());
        if (known != null && known.version() >= said.version()) {
            return;
        }
        tx.write(() -> {
            maintained.put(said.host(), said);
            service.pools().values().stream()
                    .filter(pool -> isOf(said.host(), pool))
                    .map(pool -> pool.closedAt(said.closures()))
                    .toList()
                    .forEach(service::store);
            displace(said.host(), tx.now());
        });
    }

    /** Another place is to be found for what can not stay on a host. */
    void displace(HostId host, Instant now) {
        for (Booking booking : service.calendar(now).displaced()) {
            Pool pool = service.pools().get(booking.pool());
            if (pool != null && isOf(host, pool)) {
                Instant near = booking.during().start().minus(MOVE_BEFORE);
                boolean mayBeBack = !pool.open() && !pool.closedIn(booking.during()) && near.isAfter(now);
                Displaced row = new Displaced(booking.allocation());
                displaced.merge(row, mayBeBack ? near : now, (one, other) -> one.isBefore(other) ? one : other);
                service.watch(row);
            }
        }
    }

    private static boolean isOf(HostId host, Pool pool) {
        return pool.id().equals(host.value()) || pool.id().startsWith(host + "/");
    }

    Collection<Displaced> rows() {
        return displaced.keySet();
    }

    @Nullable
    Instant due(Displaced row) {
        return displaced.get(row);
    }

    Work dueWork(Displaced row) {
        return new Work("can not stay", 0, List.of(row.allocation()), true, () -> true, tx -> {
            Duration again = service.onDisplaced(row.allocation(), tx);
            tx.write(() -> {
                if (again == null) {
                    displaced.remove(row);
                } else {
                    displaced.put(row, tx.now().plus(again));
                }
            });
            tx.check(() -> service.watch(row));
        });
    }
}

package io.archipelago.simulation;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Reservation;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The database of a reservation-service as it was at some instant, to be set back to. */
final class Snapshot {

    private final ReservationService service;
    private final Map<ReservationId, Reservation> reservations;
    private final Map<AllocationId, Allocation> allocations;
    private final Set<Long> inbox;
    private final Map<Lane.Id, ArrayDeque<Posted>> outbox = new LinkedHashMap<>();
    private final Map<SiteId, Long> said;
    private final Map<SiteId, Long> epochs;
    private final Map<SiteId, StreamPosition> heard;
    private final Map<SiteId, Long> reused;
    private final Map<SiteId, Instant> compareAt;
    private final Map<SiteId, ReservationId> nextPage;
    private final Map<Lane, Integer> read = new LinkedHashMap<>();
    private final long restoredIn;

    Snapshot(ReservationService service) {
        Database database = service.database();
        this.service = service;
        this.reservations = new LinkedHashMap<>(service.reservations());
        this.allocations = new LinkedHashMap<>(service.allocations());
        this.inbox = new HashSet<>(database.inbox);
        database.outbox.forEach((id, rows) -> outbox.put(id, new ArrayDeque<>(rows)));
        this.said = new HashMap<>(database.said);
        this.epochs = new HashMap<>(database.epochs);
        this.heard = new HashMap<>(database.heard);
        this.reused = new HashMap<>(database.reused);
        this.compareAt = new HashMap<>(database.compareAt);
        this.nextPage = new HashMap<>(database.nextPage);
        this.restoredIn = database.restoredIn;
        service.streams().forEach(lane -> read.put(lane, lane.acknowledged()));
    }

    /** The service must be down. What its participants, hosts and peers have done since stays done, and so does what is in topics. */
    void restore() {
        Database database = service.database();
        replace(service.reservations(), reservations);
        replace(service.allocations(), allocations);
        replace(database.said, said);
        replace(database.epochs, epochs);
        replace(database.heard, heard);
        replace(database.reused, reused);
        replace(database.compareAt, compareAt);
        replace(database.nextPage, nextPage);
        replace(database.outbox, outbox);
        database.inbox.clear();
        database.inbox.addAll(inbox);
        database.restoredIn = restoredIn;
        service.streams().forEach(lane -> lane.backTo(read.getOrDefault(lane, 0)));
    }

    private static <K, V> void replace(Map<K, V> now, Map<K, V> then) {
        now.clear();
        now.putAll(then);
    }
}

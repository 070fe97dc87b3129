package io.archipelago.simulation;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.StreamPosition;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What every service's database has: row locks, inbox, outbox, streams. It outlives crashes of the service; its locks do not. */
final class Database {

    /** Ids of messages that have taken effect. */
    final Set<Long> inbox = new HashSet<>();

    /** What is to be sent, by topic and key, in the order in which it was committed. */
    final Map<Lane.Id, ArrayDeque<Posted>> outbox = new LinkedHashMap<>();

    /** The last place taken in what is said to each site. */
    final Map<SiteId, Long> said = new HashMap<>();

    /** The epoch in which it is said; 1 if it was never begun anew. */
    final Map<SiteId, Long> epochs = new HashMap<>();

    /** An epoch of a site in which two messages bore one place. */
    final Map<SiteId, Long> reused = new HashMap<>();

    /** When each site is told next what is believed here; the epoch: at once. */
    final Map<SiteId, Instant> compareAt = new HashMap<>();

    /** Where the next page begins of what each site is being told; none: at the first reservation. */
    final Map<SiteId, ReservationId> nextPage = new HashMap<>();

    /** When it was last noticed that this database had been set back, in seconds; 0: never. */
    long restoredIn;

    /** The last place taken from what each site says. */
    final Map<SiteId, StreamPosition> heard = new HashMap<>();

    private final Map<Object, Lock> locks = new HashMap<>();

    private static final class Lock {
        private @Nullable Transaction holder;
        private final ArrayDeque<Transaction> waiting = new ArrayDeque<>();
    }

    /** Takes a row's lock; if another has it, queues. True once the transaction has it. */
    boolean lock(Object row, Transaction transaction) {
        Lock lock = locks.computeIfAbsent(row, r -> new Lock());
        if (lock.holder == null) {
            lock.holder = transaction;
            return true;
        }
        if (lock.holder == transaction) {
            return true;
        }
        lock.waiting.add(transaction);
        return false;
    }

    /** Takes a row's lock if nobody has it. */
    boolean lockUnlessLocked(Object row, Transaction transaction) {
        Lock lock = locks.get(row);
        return (lock == null || lock.holder == null || lock.holder == transaction) && lock(row, transaction);
    }

    /** Gives a row's lock to who waits longest; that one is to go on. */
    @Nullable
    Transaction unlock(Object row, Transaction transaction) {
        Lock lock = locks.get(row);
        if (lock == null) {
            return null;
        }
        lock.waiting.remove(transaction);
        if (lock.holder != transaction) {
            return null;
        }
        lock.holder = lock.waiting.poll();
        if (lock.holder == null) {
            locks.remove(row);
        }
        return lock.holder;
    }

    boolean idle() {
        return locks.isEmpty() && outbox.values().stream().allMatch(ArrayDeque::isEmpty);
    }
}

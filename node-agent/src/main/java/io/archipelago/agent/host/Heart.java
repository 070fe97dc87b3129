package io.archipelago.agent.host;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says that a host lives, with what the last look at it showed, whether or not another look is going on. It begins with the first look
 * that follows the desired state. One thread tells it of looks, another may call {@link #beat}.
 */
final class Heart {

    /** A look that takes longer than so many heartbeats is told of. */
    private static final int PATIENCE = 3;

    private final HostId host;
    private final long epoch;
    private final AtomicLong counter;
    private final Duration every;
    private final Supplier<Inventory> inventory;

    private @Nullable Seen seen;
    private @Nullable Instant lookingSince;
    private String failure = "";
    private boolean looked;
    private Instant next = Instant.MAX;

    /**
     * A heart that does not beat yet.
     *
     * @param counter the host's, for every message
     * @param inventory asked for every heartbeat; answers at once
     */
    Heart(HostId host, long epoch, AtomicLong counter, Duration every, Supplier<Inventory> inventory) {
        this.host = host;
        this.epoch = epoch;
        this.counter = counter;
        this.every = every;
        this.inventory = inventory;
    }

    /**
     * What one look showed. The parts belong together: whether a host is clean is told by both the specifications and what is left.
     *
     * @param digests for each owner that of the specifications that were looked for
     * @param leftovers see {@link HostHeartbeat#leftovers()}
     * @param problem what keeps the agent from its work; empty if nothing does
     */
    record Seen(Map<Participant, String> digests, int leftovers, String problem) {}

    /**
     * A look at the host begins.
     *
     * @param blank what can be said as long as there was no other; null: nothing may be said yet
     */
    synchronized void lookBegins(Instant now, @Nullable Seen blank) {
        lookingSince = now;
        if (seen == null && blank != null) {
            seen = blank;
            next = nextBeat(now);
        }
    }

    /** A look has ended; null if nothing may be said yet. The first that may be told of is told of at once. */
    synchronized void lookEnded(@Nullable Seen now) {
        lookingSince = null;
        failure = "";
        if (now == null) {
            return;
        }
        seen = now;
        if (!looked) {
            looked = true;
            next = Instant.MIN;
        }
    }

    /** A look has come to nothing; what the one before showed is all that is known. */
    synchronized void lookFailed(String why) {
        lookingSince = null;
        failure = why;
    }

    synchronized Instant nextBeat() {
        return next;
    }

    synchronized List<Report> beat(Instant now) {
        Seen known = seen;
        if (known == null || !isDue(next, now, every)) {
            return List.of();
        }
        next = nextBeat(now);
        HostHeartbeat said = new HostHeartbeat(
                host,
                epoch,
                counter.incrementAndGet(),
                now,
                every,
                withProblems(known, now),
                known.digests(),
                known.leftovers());
        return List.of(new Report.Said("host/" + host, said));
    }

    private Inventory withProblems(Seen known, Instant now) {
        Inventory has = inventory.get();
        if (!known.problem().isEmpty()) {
            has = has.with(known.problem());
        }
        if (!failure.isEmpty()) {
            has = has.with(failure);
        }
        Instant since = lookingSince;
        if (since != null && now.isAfter(since.plus(every.multipliedBy(PATIENCE)))) {
            has = has.with("a look at the host has been going on since %s: what it shows may be out of date"
                    .formatted(since.truncatedTo(ChronoUnit.SECONDS)));
        }
        return has;
    }

    /** All hosts speak at the same moments: whoever listens to many takes what they say in one transaction. */
    private Instant nextBeat(Instant now) {
        long millis = every.toMillis();
        return Instant.ofEpochMilli((now.toEpochMilli() / millis + 1) * millis);
    }

    /** Whether something is due that is done so often; also if it lies further ahead than it ever was put: the clock was set back. */
    static boolean isDue(Instant next, Instant now, Duration every) {
        return !now.isBefore(next) || next.isAfter(now.plus(every.multipliedBy(2)));
    }
}

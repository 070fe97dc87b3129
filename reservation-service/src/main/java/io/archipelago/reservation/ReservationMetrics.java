package io.archipelago.reservation;

import io.archipelago.reservation.domain.Reservation.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The service's own figures. */
@ApplicationScoped
public class ReservationMetrics {

    static final String MISNAMED = "reservation.shares.misnamed";
    static final String WATCHERS = "reservation.watchers";

    static final String TRANSITIONS = "reservation.transitions";
    static final String LONG_RELEASES = "reservation.releases.long";

    private final MeterRegistry registry;
    private final AtomicLong longReleases = new AtomicLong();
    private final AtomicLong watchers = new AtomicLong();
    private final Counter misnamed;

    ReservationMetrics(MeterRegistry registry) {
        this.registry = registry;
        registry.gauge(LONG_RELEASES, longReleases);
        misnamed = registry.counter(MISNAMED);
        registry.gauge(WATCHERS, watchers);
    }

    /** A site has held a share under a name or number that is not its own. */
    public void misnamed() {
        misnamed.increment();
    }

    /** A reservation is in another state than before; a transaction that is done again is counted again. */
    public void transition(@Nullable State from, State to) {
        registry.counter(TRANSITIONS, "from", from == null ? "NONE" : from.name(), "to", to.name())
                .increment();
    }

    /** How many shares have been given back for long and are not yet gone. */
    public void longReleases(int now) {
        longReleases.set(now);
    }

    /** How many more, or fewer, watch a reservation. */
    public void watching(int change) {
        watchers.addAndGet(change);
    }
}

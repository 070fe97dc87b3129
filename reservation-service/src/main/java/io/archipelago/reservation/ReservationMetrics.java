package io.archipelago.reservation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;

/** The service's own figures. */
@ApplicationScoped
public class ReservationMetrics {

    static final String MISNAMED = "reservation.shares.misnamed";
    static final String WATCHERS = "reservation.watchers";

    private final AtomicLong watchers = new AtomicLong();
    private final Counter misnamed;

    ReservationMetrics(MeterRegistry registry) {
        misnamed = registry.counter(MISNAMED);
        registry.gauge(WATCHERS, watchers);
    }

    /** A site has held a share under a name or number that is not its own. */
    public void misnamed() {
        misnamed.increment();
    }

    /** How many more, or fewer, watch a reservation. */
    public void watching(int change) {
        watchers.addAndGet(change);
    }
}

package io.archipelago.reservation;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;

/** The service's own figures. */
@ApplicationScoped
public class ReservationMetrics {

    static final String WATCHERS = "reservation.watchers";

    private final AtomicLong watchers = new AtomicLong();

    ReservationMetrics(MeterRegistry registry) {
        registry.gauge(WATCHERS, watchers);
    }

    /** How many more, or fewer, watch a reservation. */
    public void watching(int change) {
        watchers.addAndGet(change);
    }
}

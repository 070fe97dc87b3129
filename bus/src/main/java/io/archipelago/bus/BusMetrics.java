package io.archipelago.bus;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;

/** The bus's figures. */
@ApplicationScoped
public class BusMetrics {

    static final String OUTBOX_PENDING = "bus.outbox.pending";
    static final String OUTBOX_OLDEST_AGE = "bus.outbox.oldest.age";
    static final String INBOX_DUPLICATES = "bus.inbox.duplicates";
    static final String DEAD_LETTERS = "bus.dead.letters";

    private final MeterRegistry registry;
    private final AtomicLong outboxPending = new AtomicLong();
    private final AtomicLong outboxOldestSeconds = new AtomicLong();
    private final AtomicLong deadLetters = new AtomicLong();

    BusMetrics(MeterRegistry registry) {
        this.registry = registry;
        registry.gauge(OUTBOX_PENDING, outboxPending);
        registry.gauge(OUTBOX_OLDEST_AGE, outboxOldestSeconds);
        registry.gauge(DEAD_LETTERS, deadLetters);
    }

    void duplicates(String consumer, int count) {
        registry.counter(INBOX_DUPLICATES, "consumer", consumer).increment(count);
    }

    void backlog(long pending, long oldestSeconds, long parked) {
        outboxPending.set(pending);
        outboxOldestSeconds.set(oldestSeconds);
        deadLetters.set(parked);
    }
}

package io.archipelago.bus;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;

/** The bus's figures. */
@ApplicationScoped
public class BusMetrics {

    static final String OUTBOX_PENDING = "bus.outbox.pending";
    static final String OUTBOX_OLDEST_AGE = "bus.outbox.oldest.age";
    static final String OUTBOX_SENT = "bus.outbox.sent";
    static final String TRANSACTIONS = "bus.transactions";
    static final String TRANSACTION_RETRIES = "bus.transaction.retries";
    static final String INBOX_APPLIED = "bus.inbox.applied";
    static final String INBOX_WAITING = "bus.inbox.waiting";
    static final String INBOX_DUPLICATES = "bus.inbox.duplicates";
    static final String DEAD_LETTERS = "bus.dead.letters";

    private final MeterRegistry registry;
    private final AtomicLong outboxPending = new AtomicLong();
    private final AtomicLong outboxOldestSeconds = new AtomicLong();
    private final AtomicLong inboxWaiting = new AtomicLong();
    private final AtomicLong deadLetters = new AtomicLong();

    private final Counter sent;
    private final Counter transactions;
    private final Counter retries;

    BusMetrics(MeterRegistry registry) {
        this.registry = registry;
        sent = registry.counter(OUTBOX_SENT);
        transactions = registry.counter(TRANSACTIONS);
        retries = registry.counter(TRANSACTION_RETRIES);
        registry.gauge(OUTBOX_PENDING, outboxPending);
        registry.gauge(OUTBOX_OLDEST_AGE, outboxOldestSeconds);
        registry.gauge(INBOX_WAITING, inboxWaiting);
        registry.gauge(DEAD_LETTERS, deadLetters);
    }

    void applied(String consumer, int fresh, int duplicates) {
        registry.counter(INBOX_APPLIED, "consumer", consumer).increment(fresh);
        registry.counter(INBOX_DUPLICATES, "consumer", consumer).increment(duplicates);
    }

    /** How many batches more, or fewer, wait for the database or the broker. */
    void waiting(int change) {
        inboxWaiting.addAndGet(change);
    }

    void sent(int count) {
        sent.increment(count);
    }

    void committed() {
        transactions.increment();
    }

    void retried() {
        retries.increment();
    }

    void backlog(long pending, long oldestSeconds, long parked) {
        outboxPending.set(pending);
        outboxOldestSeconds.set(oldestSeconds);
        deadLetters.set(parked);
    }
}

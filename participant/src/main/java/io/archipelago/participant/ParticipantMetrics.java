package io.archipelago.participant;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;

/** A participant's figures. */
@ApplicationScoped
public class ParticipantMetrics {

    /** Things of ours on hosts of which there is no record; above 0 an operator should look. */
    public static final String STRANGERS = "participant.strangers";

    /** Allocations that have something booked where it can not stay; above 0 an operator should look. */
    public static final String DISPLACED = "participant.displaced";

    /** What came on a host's topic and spoke of another host; an agent that is not what it should be. */
    public static final String NOT_THEIRS = "participant.observations.not.theirs";

    /** How often all bookings were read, because what was kept of them in memory was not true any more: once at the start, and after what others change. */
    public static final String CALENDAR_READS = "participant.calendar.reads";

    private final AtomicLong strangers = new AtomicLong();
    private final AtomicLong displaced = new AtomicLong();
    private final Counter notTheirs;
    private final Counter calendarReads;

    ParticipantMetrics(MeterRegistry registry) {
        registry.gauge(STRANGERS, strangers);
        registry.gauge(DISPLACED, displaced);
        notTheirs = registry.counter(NOT_THEIRS);
        calendarReads = registry.counter(CALENDAR_READS);
    }

    public void calendarRead() {
        calendarReads.increment();
    }

    public void notTheirs() {
        notTheirs.increment();
    }

    public void strangers(long count) {
        strangers.set(count);
    }

    public void displaced(long count) {
        displaced.set(count);
    }
}

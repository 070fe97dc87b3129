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

    /** What came on a host's topic and spoke of another host; an agent that is not what it should be. */
    public static final String NOT_THEIRS = "participant.observations.not.theirs";

    private final AtomicLong strangers = new AtomicLong();
    private final Counter notTheirs;

    ParticipantMetrics(MeterRegistry registry) {
        registry.gauge(STRANGERS, strangers);
        notTheirs = registry.counter(NOT_THEIRS);
    }

    public void notTheirs() {
        notTheirs.increment();
    }

    public void strangers(long count) {
        strangers.set(count);
    }
}

package io.archipelago.participant;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;

/** A participant's figures. */
@ApplicationScoped
public class ParticipantMetrics {

    /** Things of ours on hosts of which there is no record; above 0 an operator should look. */
    public static final String STRANGERS = "participant.strangers";

    private final AtomicLong strangers = new AtomicLong();

    ParticipantMetrics(MeterRegistry registry) {
        registry.gauge(STRANGERS, strangers);
    }

    public void strangers(long count) {
        strangers.set(count);
    }
}

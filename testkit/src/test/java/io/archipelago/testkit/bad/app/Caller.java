package io.archipelago.testkit.bad.app;

import io.archipelago.testkit.bad.domain.Impure;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Closes a cycle and publishes past the outbox. */
public class Caller {

    public Impure impure() {
        return new Impure();
    }

    public KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(Map.of());
    }
}

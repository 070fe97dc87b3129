package io.archipelago.testkit.bad.app;

import io.archipelago.testkit.bad.domain.Impure;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Closes a cycle, publishes past the outbox, and names the class of a native query's results. */
public class Caller {

    /** As a Hibernate session has it. */
    interface Session {
        Object createNativeQuery(String sql, Class<?> result);
    }

    Object query(Session session) {
        return session.createNativeQuery("select 1", Integer.class);
    }

    public Impure impure() {
        return new Impure();
    }

    public KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(Map.of());
    }
}

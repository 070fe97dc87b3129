package io.archipelago.testkit.bad.app;

import io.archipelago.testkit.bad.domain.Impure;
import jakarta.transaction.Transactional;
import java.net.http.HttpClient;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Closes a cycle, publishes past the outbox, names the class of a native query's results, reads messages where nobody looks for it, begins
 * a transaction of its own, and asks another service by REST.
 */
public class Caller {

    /** As a Hibernate session has it. */
    interface Session {
        Object createNativeQuery(String sql, Class<?> result);
    }

    Object query(Session session) {
        return session.createNativeQuery("select 1", Integer.class);
    }

    @Incoming("commands")
    @Transactional
    public void onMessage(String message) {}

    public HttpClient client() {
        return HttpClient.newHttpClient();
    }

    public Impure impure() {
        return new Impure();
    }

    public KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(Map.of());
    }
}

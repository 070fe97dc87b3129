package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@QuarkusTest
class BrokerIT {

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @Test
    void tellsOfTheEndOfEverythingThatWaitsWhenItIsClosed() throws Exception {
        // Given
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG, Stuck.class.getName());
        Broker broker = new Broker(settings);
        List<CompletableFuture<Void>> sends = Stream.of("a", "b", "c")
                .map(key -> broker.send(new OutboxRow(Ledger.ANSWERS, key, key, "{}", Map.of()))
                        .toCompletableFuture())
                .toList();
        Stuck.REACHED.await();

        // When
        broker.close();

        // Then
        assertThat(sends).allSatisfy(send -> assertThat(send).failsWithin(PATIENCE));
    }

    /** A producer that blocks on its first record, so that the others wait for their turn. */
    public static final class Stuck implements ProducerInterceptor<String, String> {

        static final CountDownLatch REACHED = new CountDownLatch(1);

        @Override
        public ProducerRecord<String, String> onSend(ProducerRecord<String, String> record) {
            REACHED.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return record;
        }

        @Override
        public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> settings) {}
    }
}

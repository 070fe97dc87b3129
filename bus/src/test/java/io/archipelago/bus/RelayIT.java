package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.allocation;
import static io.archipelago.bus.Fixture.sequences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a relay sends, and in which order, whatever its broker lacks. */
@QuarkusTest
class RelayIT {

    @Inject
    Fixture fixture;

    @Inject
    Topic topic;

    @Inject
    OutboxRelay own;

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> kafka;

    @BeforeEach
    void ownRelayIsActive() {
        await().atMost(PATIENCE).until(own::isActive);
    }

    @Test
    void keepsOneLaneForAStream() {
        // Given
        List<AllocationId> keys = List.of(allocation(), allocation(), allocation());
        SiteId site = new SiteId("tokyo");

        // When
        for (long sequence = 1; sequence <= 30; sequence++) {
            AllocationId key = keys.get((int) (sequence % keys.size()));
            StreamPosition position = new StreamPosition(site, 1, sequence);
            fixture.inTransaction(tx -> {
                tx.send(
                        Infrastructure.ONE_PARTITION,
                        key.toString(),
                        position,
                        new ShareConfirmed(key, position.sequence()));
                return Uni.createFrom().voidItem();
            });
        }

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(topic.readAll(Infrastructure.ONE_PARTITION).stream()
                                .filter(record -> keys.stream()
                                        .anyMatch(key -> key.toString().equals(record.key())))
                                .map(Topic::sequence))
                        .isEqualTo(sequences(1, 30)));
    }

    @Test
    void sendsATombstoneAfterWhatItRemoves() {
        // Given
        AllocationId key = allocation();

        // When
        fixture.inTransaction(tx -> {
            tx.send(Infrastructure.ONE_PARTITION, key.toString(), new ShareConfirmed(key, 1));
            tx.tombstone(Infrastructure.ONE_PARTITION, key.toString());
            return Uni.createFrom().voidItem();
        });

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(topic.read(Infrastructure.ONE_PARTITION, key.toString()))
                        .extracting(record -> record.value() == null)
                        .containsExactly(false, true));
    }

    @Test
    void waitsForABrokerThatIsDown() throws Exception {
        assumeTrue(EmbeddedInfrastructure.mayStopServers());
        // Given
        AllocationId allocation = allocation();
        EmbeddedInfrastructure.kafka().kill();

        // When
        fixture.send(allocation, 1, 5);
        fixture.send(allocation, 6, 10);
        long waiting = fixture.waiting();
        EmbeddedInfrastructure.kafka().start();

        // Then
        assertThat(waiting).isGreaterThanOrEqualTo(10);
        await().atMost(PATIENCE.multipliedBy(2))
                .untilAsserted(() -> assertThat(fixture.applied(allocation)).isEqualTo(sequences(1, 10)));
    }

    @Test
    void leavesNothingBehind() {
        // When
        fixture.send(allocation(), 1, 300);

        // Then
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.waiting()).isZero());
    }
}

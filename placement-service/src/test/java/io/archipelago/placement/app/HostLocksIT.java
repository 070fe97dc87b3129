package io.archipelago.placement.app;

import static io.archipelago.placement.app.FiveHosts.FIRST;
import static io.archipelago.placement.app.FiveHosts.SECOND;
import static io.archipelago.placement.app.FiveHosts.THIRD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostDead.Cause;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.participant.app.HostService;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Heartbeats;
import io.archipelago.testkit.ParticipantFixture;
import io.archipelago.wire.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever speaks of several hosts locks them in one order. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class HostLocksIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** Later than all that hosts have said. */
    private static final long LATER = 1_000_000;

    @Inject
    PlacementSite sites;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    HostService hosts;

    @Inject
    MeterRegistry registry;

    @Inject
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String broker;

    private ParticipantFixture site;

    @BeforeEach
    void aSiteWithFiveHosts() {
        site = sites.open();
        FiveHosts.speak(site);
    }

    @AfterEach
    void leave() {
        site.close();
    }

    /**
     * Heartbeats that come from the last host to the first, while deaths are applied from the first to the last, and the second host is
     * locked until both batches wait. If heartbeats locked their hosts as they came to them, each batch would then have the host that the
     * other wants last.
     */
    @Test
    void heartbeatsAndDeathsOfTheSameHostsDoNotWaitForEachOther() {
        // Given
        double retriesBefore = retries();
        List<HostHeartbeat> heartbeats = Stream.of(THIRD, SECOND, FIRST)
                .map(host -> Heartbeats.compute(host, 1, 1))
                .toList();
        Uni<Void> heard = unitOfWork.inTransaction(tx -> hosts.prepareHeartbeats(tx, heartbeats)
                .chain(() -> Multi.createFrom()
                        .iterable(heartbeats)
                        .onItem()
                        .transformToUniAndConcatenate(heartbeat -> hosts.onHeartbeat(tx, heartbeat))
                        .collect()
                        .asList())
                .replaceWithVoid());

        // When
        site.meanwhile(heard, "select from host where id = '" + SECOND + "' for update", () -> {
            publishTogether(List.of(dead(THIRD), dead(SECOND), dead(FIRST)));
            await().atMost(SOON).untilAsserted(() -> assertThat(site.waiting()).isEqualTo(2));
        });

        // Then
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(site.number("select count(*) from host where dead"))
                        .isEqualTo(3));
        assertThat(retries()).as("no transaction was done twice").isEqualTo(retriesBefore);
        assertThat(site.deadlocks()).isZero();
    }

    private double retries() {
        return registry.counter("bus.transaction.retries").count();
    }

    private static HostDead dead(HostId host) {
        return new HostDead(host, 1, LATER, Cause.OPERATOR, Instant.now(), "storage");
    }

    /** In one partition, and at once: they are read together. */
    private void publishTogether(List<HostDead> deaths) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker, "linger.ms", 60_000),
                new StringSerializer(),
                new StringSerializer())) {
            for (HostDead death : deaths) {
                String host = death.host().value();
                Envelope envelope = new Envelope(
                        UUID.randomUUID(),
                        "/tokyo/storage",
                        host,
                        Instant.now(),
                        UUID.randomUUID().toString(),
                        null,
                        death);
                var ignored = producer.send(new ProducerRecord<>(Topics.HOST_EVENTS, 0, host, Wire.write(envelope)));
            }
            producer.flush();
        }
    }
}

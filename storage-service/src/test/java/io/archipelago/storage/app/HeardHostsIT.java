package io.archipelago.storage.app;

import static io.archipelago.testkit.ParticipantFixture.COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.STORAGE;
import static io.archipelago.testkit.ParticipantFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.HostMessage;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.participant.ParticipantMetrics;
import io.archipelago.participant.app.HostService;
import io.archipelago.participant.app.ObservationService;
import io.archipelago.participant.app.ParticipantService;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.ParticipantFixture;
import io.archipelago.wire.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose word counts about a host, and that it stays. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class HeardHostsIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    ParticipantService parts;

    @Inject
    HostService hosts;

    @Inject
    ObservationService observations;

    @Inject
    DataSource database;

    @Inject
    MeterRegistry registry;

    @Inject
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String broker;

    private ParticipantFixture site;

    @BeforeEach
    void aSiteThatSpeaks() {
        site = new ParticipantFixture(
                Participant.STORAGE,
                database,
                broker,
                command -> unitOfWork.inTransaction(tx -> parts.onCommand(tx, command)),
                message -> unitOfWork.inTransaction(tx -> switch (message) {
                    case ResourceObserved observed -> observations.onObserved(tx, observed);
                    case HostHeartbeat heartbeat -> hosts.onHeartbeat(tx, heartbeat);
                }));
        site.compute(COMPUTE);
        site.storage(STORAGE, 10);
    }

    @AfterEach
    void leave() {
        site.close();
    }

    @Test
    void anAgentSpeaksForItsOwnHostOnly() throws Exception {
        // Given
        Instant now = Instant.now();
        TimeWindow window = new TimeWindow(now, now.plusSeconds(3600));
        AllocationCommand last = site.lease(
                site.hold(spec(window, 1), Facts.OfSite.unknown().with(new Facts.Hosts(Map.of(1, COMPUTE)))));
        double before = notTheirs();
        ResourceKey volume = key(last.allocation(), ResourceKind.VOLUME);
        ResourceKey disk = key(last.allocation(), ResourceKind.DISK);

        // When: both in one batch or not, the second is taken no earlier than the first.
        says(COMPUTE, observed(STORAGE, volume, Phase.ABSENT));
        says(COMPUTE, observed(COMPUTE, disk, Phase.FAILED));

        // Then
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(counted(disk, Phase.FAILED)).isOne());
        await().atMost(SOON).untilAsserted(() -> assertThat(notTheirs()).isEqualTo(before + 1));
        assertThat(counted(volume, Phase.READY)).isOne();
    }

    @Test
    void anInstanceThatStartsTakesNothingBackThatAnotherHasHeard() {
        // When
        site.meanwhile(
                unitOfWork.inTransaction(hosts::open),
                "update host set epoch = 7, counter = 70 where id = '" + COMPUTE + "'",
                () -> {});

        // Then
        assertThat(site.number("select epoch * 100 + counter from host where id = '" + COMPUTE + "'"))
                .isEqualTo(770);
    }

    private double notTheirs() {
        return registry.get(ParticipantMetrics.NOT_THEIRS).counter().count();
    }

    private ResourceKey key(AllocationId allocation, ResourceKind kind) {
        return ResourceKey.of(kind, allocation, "vcompute-1-1");
    }

    private long counted(ResourceKey key, Phase phase) {
        return site.number("select count(*) from resource where key = '" + key + "' and phase = '" + phase + "'");
    }

    private static ResourceObserved observed(HostId host, ResourceKey key, Phase phase) {
        // Later than all that the fixture has said.
        return new ResourceObserved(host, 2, 1, key, 1, phase, "", Map.of(), "machine");
    }

    /** As the agent of a host would, whoever it speaks of. */
    private void says(HostId agent, ResourceObserved observed) throws Exception {
        HostMessage message = observed;
        String key = observed.key().toString();
        Envelope envelope = new Envelope(
                UUID.randomUUID(),
                "/tokyo/agent",
                key,
                Instant.now(),
                UUID.randomUUID().toString(),
                null,
                message);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(Topics.observed(agent), key, Wire.write(envelope)))
                    .get();
        }
    }
}

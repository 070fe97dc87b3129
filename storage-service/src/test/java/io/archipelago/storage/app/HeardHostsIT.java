package io.archipelago.storage.app;

import static io.archipelago.testkit.Commands.confirm;
import static io.archipelago.testkit.Commands.deploy;
import static io.archipelago.testkit.Commands.release;
import static io.archipelago.testkit.ParticipantFixture.COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.OTHER_COMPUTE;
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
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.ResourceStatus;
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
import io.archipelago.wire.Sealed;
import io.archipelago.wire.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.security.KeyPair;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
        AllocationCommand last = site.lease(holdOn(COMPUTE));
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
    void whatIsToStandOnAHostThatWasNeverHeardOfWaitsForItsFirstWord() {
        // Given: placement has heard of the host already.
        DeployAllocation deploy = confirmedOn(OTHER_COMPUTE);

        // When
        AllocationEvent answer = site.answer(deploy);

        // Then
        assertThat(answer).isInstanceOfSatisfying(AllocationProgress.class, progress -> {
            assertThat(progress.progress()).isEqualTo(Progress.WAITING);
            assertThat(progress.resources())
                    .extracting(ResourceStatus::reason)
                    .containsExactly("waits until every host of it has been heard of");
        });
        assertThat(wanted(deploy.allocation())).isZero();

        // When
        site.compute(OTHER_COMPUTE);

        // Then
        ResourceKey disk = key(deploy.allocation(), ResourceKind.DISK);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(counted(disk, Phase.PENDING)).isOne());
        assertThat(wanted(deploy.allocation())).isEqualTo(2);
    }

    @Test
    void whatWaitsForAHostThatIsNeverHeardOfIsGivenBack() {
        // Given
        DeployAllocation deploy = confirmedOn(new HostId("tokyo-c03"));
        site.answer(deploy);

        // When
        AllocationEvent answer = site.answer(release(deploy));

        // Then
        assertThat(answer).isInstanceOf(AllocationReleased.class);
        assertThat(wanted(deploy.allocation())).isZero();
        assertThat(site.number("select count(*) from booking where allocation = '" + deploy.allocation() + "'"))
                .isZero();
    }

    @Test
    void aHostWhoseKeyIsNoneCountsAsNeverHeardOf() {
        // Given
        HostId host = new HostId("tokyo-c04");
        site.compute(host, "no key");

        // When
        AllocationEvent answer = site.answer(confirmedOn(host));

        // Then
        assertThat(answer)
                .isInstanceOfSatisfying(
                        AllocationProgress.class,
                        progress -> assertThat(progress.progress()).isEqualTo(Progress.WAITING));
    }

    @Test
    void nothingIsPutInAPoolThatItsHostHasNoMore() {
        // Given
        HostId host = new HostId("tokyo-c05");
        site.storage(host, 1L << 50);
        String open = "select count(*) from pool where id like '" + host + "/%' and open";
        assertThat(site.number(open)).isOne();

        // When
        site.compute(host);

        // Then
        assertThat(site.number(open)).isZero();
        assertThat(site.answer(holdOn(COMPUTE)))
                .isInstanceOfSatisfying(
                        AllocationHeld.class,
                        held -> assertThat(String.valueOf(held.chosen())).doesNotContain(host.value()));
    }

    @Test
    void secretsAreSealedAnewForAHostThatHasAnotherKey() throws Exception {
        // Given
        AllocationId allocation = site.lease(holdOn(COMPUTE)).allocation();
        ResourceKey disk = key(allocation, ResourceKind.DISK);
        ResourceKey volume = key(allocation, ResourceKind.VOLUME);
        KeyPair another = Sealed.newKeyPair();

        // When
        site.compute(COMPUTE, Sealed.text(another.getPublic()));

        // Then
        await().atMost(SOON).untilAsserted(() -> assertThat(generation(disk)).isEqualTo(2));
        assertThat(Sealed.unseal(another.getPrivate(), sealedSecret(disk))).hasSize(24);
        assertThat(generation(volume)).isOne();
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

    /** From now on, so that it may be deployed at once. */
    private HoldAllocation holdOn(HostId host) {
        Instant now = Instant.now();
        TimeWindow window = new TimeWindow(now, now.plusSeconds(3600));
        return site.hold(spec(window, 1), Facts.OfSite.unknown().with(new Facts.Hosts(Map.of(1, host))));
    }

    /** Brings about a lease whose machine is on a host that placement chose, and returns the command that begins it. */
    private DeployAllocation confirmedOn(HostId host) {
        HoldAllocation hold = holdOn(host);
        ConfirmAllocation madeUp = confirm(hold, ((AllocationHeld) site.answer(hold)).chosen());
        ConfirmAllocation confirm = new ConfirmAllocation(
                hold.allocation(),
                madeUp.sequence(),
                madeUp.facts().with(new Facts.Hosts(Map.of(1, host))),
                madeUp.cluster());
        site.answer(confirm);
        return deploy(hold, confirm);
    }

    private long wanted(AllocationId allocation) {
        return site.number("select count(*) from resource where allocation = '" + allocation + "'");
    }

    private long generation(ResourceKey key) {
        return site.number("select generation from resource where key = '" + key + "'");
    }

    private String sealedSecret(ResourceKey key) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select spec ->> 'sealedChapSecret' from resource where key = '" + key + "'")) {
            row.next();
            return row.getString(1);
        }
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

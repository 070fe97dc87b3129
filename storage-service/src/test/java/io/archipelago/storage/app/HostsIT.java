package io.archipelago.storage.app;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.archipelago.bus.Tx;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.SpecDigest;
import io.archipelago.participant.app.HostService;
import io.archipelago.participant.app.ObservationService;
import io.archipelago.participant.app.ParticipantService;
import io.archipelago.participant.persistence.HostStore;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.ParticipantFixture;
import io.archipelago.testkit.Tokens;
import io.archipelago.wire.Sealed;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts that fall silent, are cut off, die and come back; strangers on them, and second agents. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        // The same for all tests of the module: others would start other servers.
        initArgs = @ResourceArg(name = "compacted", value = ParticipantFixture.HOST_TOPICS))
class HostsIT {

    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final HostId COMPUTE = new HostId("tokyo-c01");
    private static final HostId STORAGE = new HostId("tokyo-s01");
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long GIB = 1L << 30;
    private static final String KEY = Sealed.text(Sealed.newKeyPair().getPublic());

    private static long counter;

    private final AllocationId allocation = new AllocationId(new ReservationId(UUID.randomUUID()), TOKYO);
    private final ResourceKey volume = ResourceKey.of(ResourceKind.VOLUME, allocation, "vcompute-1-1");
    private final ResourceKey disk = ResourceKey.of(ResourceKind.DISK, allocation, "vcompute-1-1");

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    ParticipantService parts;

    @Inject
    HostService hosts;

    @Inject
    HostStore store;

    @Inject
    ObservationService observations;

    @BeforeEach
    void twoHostsThatSpeak() {
        for (String table : List.of("booking", "part", "resource", "stranger", "host_change", "host")) {
            sql("delete from " + table);
        }
        speaks(COMPUTE, "machine", 0);
        speaks(STORAGE, "machine", 0);
    }

    @Test
    void aLostHostIsCutOffAndWhatLayOnItIsReleased() {
        // Given
        deploy();
        sees(STORAGE, volume, 1, Phase.READY);
        sees(COMPUTE, disk, 1, Phase.READY);

        // When
        fallsSilentForLong(COMPUTE);

        // Then
        await().untilAsserted(() -> assertThat(text("select generation || ' ' || coalesce(spec ->> 'initiator', 'none')"
                        + " from resource where key = '" + volume + "'"))
                .isEqualTo("2 none"));
        host(COMPUTE).body("state", is("LOST")).body("dead", is(false));

        // When
        sees(STORAGE, volume, 2, Phase.READY);

        // Then
        await().untilAsserted(() -> host(COMPUTE).body("dead", is(true)).body("note", containsString("cut off")));
        assertThat(said(Topics.HOST_EVENTS)).anyMatch(text -> text.contains("FENCED") && text.contains("tokyo-c01"));

        // When
        does(tx -> parts.onCommand(tx, new ReleaseAllocation(allocation, 4)));
        sees(STORAGE, volume, 3, Phase.ABSENT);

        // Then
        assertThat(text("select state from part")).isEqualTo("Released");
        assertThat(text("select count(*) || '' from booking")).isEqualTo("0");

        // When
        speaks(COMPUTE, "machine", 1);
        host(COMPUTE).body("state", is("ALIVE")).body("dead", is(true)).body("note", containsString("1 things"));
        sees(COMPUTE, disk, 2, Phase.ABSENT);
        speaks(COMPUTE, "machine", 0);

        // Then
        host(COMPUTE).body("dead", is(false)).body("note", is(""));
    }

    @Test
    void aHostThatComesBackGetsItsDisksAgain() {
        // Given
        deploy();
        fallsSilentForLong(COMPUTE);
        await().untilAsserted(() -> assertThat(initiator()).isEqualTo("none"));

        // When
        speaks(COMPUTE, "machine", 0);

        // Then
        await().untilAsserted(() -> assertThat(initiator()).isEqualTo("tokyo-c01"));
    }

    @Test
    void anOperatorMaySayThatASilentHostIsDeadAndNobodyElse() {
        String path = "/api/v1/hosts/tokyo-s01/dead";
        as("oscar", "operator", path).statusCode(409).body("detail", containsString("speaks"));
        as("alice", "tenant", path).statusCode(403);
        as("oscar", "operator", "/api/v1/hosts/tokyo-x9/dead").statusCode(404);

        // When
        fallsSilentForLong(STORAGE);
        await().untilAsserted(() -> host(STORAGE).body("note", containsString("an operator must say")));
        as("oscar", "operator", path).statusCode(200).body("dead", is(true));

        // Then
        host(STORAGE).body("note", containsString("oscar"));
        assertThat(said(Topics.HOST_EVENTS)).anyMatch(text -> text.contains("OPERATOR") && text.contains("tokyo-s01"));
        assertThat(text("select open || '' from pool where id = 'tokyo-s01/vg0'"))
                .isEqualTo("false");
    }

    @Test
    void silenceIsNotHeldAgainstAHostThatCouldNotHaveBeenHeard() {
        // Given
        HostId unheard = new HostId("tokyo-n" + UUID.randomUUID());
        speaks(unheard, "machine", 0);

        // When
        Instant before = Instant.now();
        fallsSilentForLong(unheard);

        // Then
        await().untilAsserted(() -> assertThat(text("select (counted_from > '" + before.minusSeconds(5)
                        + "') || '' from host where id = '" + unheard + "'"))
                .isEqualTo("true"));
        host(unheard).body("state", is("ALIVE"));
    }

    @Test
    void aSecondMachineOfAHostsNameIsRefusedAndShown() {
        // When
        speaks(COMPUTE, "impostor", 0);
        does(tx -> observations.onObserved(tx, observed(COMPUTE, disk, 0, Phase.READY, "impostor")));

        // Then
        host(COMPUTE).body("second.machineId", is("impostor")).body("inventory.machineId", is("machine"));
        get("drift").body("findAll { it.wanted == 'UNKNOWN' }.size()", is(0));

        // When
        speaks(STORAGE, "machine", 0);

        // Then
        host(STORAGE).body("second", nullValue());
    }

    @Test
    void aStrangerStaysUntilAnOperatorHasItRemoved() {
        // Given
        String removal = "/api/v1/hosts/tokyo-s01/strangers/volume/" + volume.id() + "/removal";
        sees(STORAGE, volume, 0, Phase.READY);
        get("drift").body("find { it.key == '" + volume + "' }.wanted", is("UNKNOWN"));
        given().get("/q/metrics").then().body(containsString("participant_strangers 1"));
        as("alice", "tenant", removal).statusCode(403);

        // When
        as("oscar", "operator", removal).statusCode(204);

        // Then
        get("drift").body("find { it.key == '" + volume + "' }.wanted", is("ABSENT"));
        await().untilAsserted(() -> assertThat(said(Topics.desired(STORAGE)))
                .anyMatch(text -> text.contains(volume.toString()) && text.contains("\"absent\":true")));

        // When
        sees(STORAGE, volume, 1, Phase.ABSENT);

        // Then
        get("drift").body("size()", is(0));
        as("oscar", "operator", removal).statusCode(404);
    }

    @Test
    void whatAnAgentDoesNotKnowIsPublishedAgain() {
        // Given
        deploy();
        sql("update resource set changed_at = now() - interval '1 minute'");
        int before = said(Topics.desired(COMPUTE)).size();

        // When
        speaks(COMPUTE, "machine", 0, Map.of());

        // Then
        await().untilAsserted(
                        () -> assertThat(said(Topics.desired(COMPUTE)).size()).isGreaterThan(before));
        int after = said(Topics.desired(COMPUTE)).size();
        speaks(COMPUTE, "machine", 0);
        assertThat(said(Topics.desired(COMPUTE))).hasSize(after);
    }

    private void deploy() {
        Instant start = Instant.now().plusSeconds(60);
        TimeWindow window = new TimeWindow(start, start.plusSeconds(3600));
        AllocationSpec spec = new AllocationSpec(
                new TenantId("astro"),
                "survey",
                1,
                TOKYO,
                List.of(),
                window,
                List.of(new MachineGroup(MachineRole.COMPUTE, 1, 1, 1, GIB, GIB, 1)),
                ClusterAddressing.DEFAULT_NETWORK,
                new AllocationSpec.Software("debian-12", List.of()));
        Facts.OfSite facts = Facts.OfSite.unknown()
                .with(new Facts.Hosts(Map.of(1, COMPUTE)))
                .with(new Facts.Pool(STORAGE, "vg0", "10.254.1.1:3260"));
        does(tx -> parts.onCommand(
                tx,
                new HoldAllocation(
                        allocation,
                        1,
                        Set.of(Participant.STORAGE),
                        spec,
                        Facts.OfSite.unknown(),
                        Duration.ofMinutes(5))));
        Facts.OfCluster cluster = new Facts.OfCluster(List.of(), 1400);
        does(tx -> parts.onCommand(tx, new ConfirmAllocation(allocation, 2, facts, cluster)));
        does(tx -> parts.onCommand(tx, new DeployAllocation(allocation, 3, spec, facts, cluster)));
    }

    private void speaks(HostId host, String machine, int leftovers) {
        Map<ResourceKey, Long> generations = run(unitOfWork.inTransaction(tx -> store.generations(tx, host)));
        speaks(host, machine, leftovers, generations);
    }

    private void speaks(HostId host, String machine, int leftovers, Map<ResourceKey, Long> knows) {
        boolean storage = host.equals(STORAGE);
        Inventory inventory = new Inventory(
                machine,
                Set.of(storage ? HostRole.STORAGE : HostRole.COMPUTE),
                storage ? 0 : 8,
                storage ? 0 : 64 * GIB,
                storage ? Map.of("vg0", 100 * GIB) : Map.of(),
                "",
                0,
                "",
                Map.of(),
                KEY,
                Map.of(),
                Map.of(),
                List.of());
        HostHeartbeat heartbeat = new HostHeartbeat(
                host,
                1,
                ++counter,
                Instant.now(),
                Duration.ofHours(1),
                inventory,
                Map.of(Participant.STORAGE, SpecDigest.of(knows)),
                leftovers);
        does(tx -> hosts.onHeartbeat(tx, heartbeat));
    }

    private void fallsSilentForLong(HostId host) {
        sql("update host set counted_from = now() - interval '10 minutes', due_at = now() where id = '" + host + "'");
    }

    private void sees(HostId host, ResourceKey key, long generation, Phase phase) {
        does(tx -> observations.onObserved(tx, observed(host, key, generation, phase, "machine")));
    }

    private static ResourceObserved observed(
            HostId host, ResourceKey key, long generation, Phase phase, String machine) {
        return new ResourceObserved(host, 1, ++counter, key, generation, phase, "", Map.of(), machine);
    }

    private String initiator() {
        return text("select coalesce(spec ->> 'initiator', 'none') from resource where key = '" + volume + "'");
    }

    private static ValidatableResponse get(String path) {
        return given().auth()
                .oauth2(Tokens.of("oscar", "", "operator"))
                .get("/api/v1/" + path)
                .then()
                .statusCode(200);
    }

    private static ValidatableResponse host(HostId host) {
        return get("hosts").rootPath("find { it.host == '" + host + "' }");
    }

    private static ValidatableResponse as(String name, String role, String path) {
        return given().auth()
                .oauth2(Tokens.of(name, role.equals("tenant") ? "astro" : "", role))
                .post(path)
                .then();
    }

    /** Everything on a topic. */
    private static List<String> said(String topic) {
        String bootstrapServers = ConfigProvider.getConfig().getValue("kafka.bootstrap.servers", String.class);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<String> all = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> all.add(String.valueOf(record.value())));
            }
            return all;
        }
    }

    private void does(Function<Tx, Uni<Void>> work) {
        run(unitOfWork.inTransaction(work));
    }

    private String text(String query) {
        return run(unitOfWork.inTransaction(
                tx -> tx.session().createNativeQuery(query, String.class).getSingleResult()));
    }

    private void sql(String statement) {
        run(unitOfWork.inTransaction(
                tx -> tx.session().createNativeQuery(statement).executeUpdate()));
    }

    private static <T> T run(Uni<T> work) {
        return work.await().atMost(SOON);
    }
}

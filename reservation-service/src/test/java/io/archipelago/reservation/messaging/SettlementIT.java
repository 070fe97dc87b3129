package io.archipelago.reservation.messaging;

import static io.archipelago.reservation.SampleShares.at;
import static io.archipelago.reservation.SampleShares.header;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.archipelago.bus.Tx;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareDigest.Stage;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.reservation.SampleShares;
import io.archipelago.reservation.app.FederationService;
import io.archipelago.reservation.app.SettlementService;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Leased;
import io.archipelago.reservation.domain.Restoration;
import io.archipelago.reservation.persistence.AllocationStore;
import io.archipelago.reservation.persistence.ExchangeStore;
import io.archipelago.reservation.persistence.OutboundStreams;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** Tokyo, whose peer osaka is played by the test. */
@QuarkusTest
@TestProfile(SettlementIT.WithAPeer.class)
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"))
class SettlementIT {

    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final SiteId OSAKA = new SiteId("osaka");
    private static final Duration SOON = Duration.ofSeconds(20);
    /** Of what osaka says; every test goes on where the one before ended. */
    private static final AtomicLong SAID = new AtomicLong();

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    FederationService federation;

    @Inject
    SettlementService settlement;

    @Inject
    AllocationStore allocations;

    @Inject
    ExchangeStore exchanges;

    @Inject
    OutboundStreams outbound;

    private final String brokers = ConfigProvider.getConfig().getValue("kafka.bootstrap.servers", String.class);

    public static class WithAPeer implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "federation.peers.osaka.number", "2",
                    "federation.peers.osaka.bootstrap-servers", "127.0.0.1:9");
        }
    }

    private static RequestSpecification as(String role) {
        return given().auth().oauth2(Tokens.of("oscar", role.equals("tenant") ? "astro" : "", role));
    }

    @Test
    void showsOperatorsEveryPeerAndNobodyElse() {
        hear(digest(false, 0, List.of(), List.of()));

        as("operator")
                .get("/api/v1/peers")
                .then()
                .statusCode(200)
                .body("peer", hasItem("osaka"))
                .body("find { it.peer == 'osaka' }.number", equalTo(2))
                .body("find { it.peer == 'osaka' }.state", equalTo("HEARD"))
                .body("find { it.peer == 'osaka' }.in.sequence", equalTo((int) SAID.get()))
                .body("find { it.peer == 'tokyo' }.own", equalTo(true));
        as("admin").get("/api/v1/peers").then().statusCode(200);
        as("tenant").get("/api/v1/peers").then().statusCode(403);
        given().get("/api/v1/peers").then().statusCode(401);
    }

    @Test
    void comparesOfItsOwnAccordWithItselfAndItsPeers() {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(StreamTopic.read(brokers, OSAKA)).anyMatch(e -> e.message() instanceof ShareDigest);
            assertThat(StreamTopic.read(brokers, TOKYO))
                    .anyMatch(e -> e.message() instanceof ShareDigest d && d.answer());
        });
    }

    @Test
    void letsAMasterTouchOnlyWhatItOpened() {
        AllocationId ofTokyo = confirmed(TOKYO);
        long before = exchange(OSAKA).ignored();

        hear(new ReleaseShare(ofTokyo, 99));
        hear(digest(false, 0, List.of(new Entry(at(OSAKA), 1, Stage.HELD, 0)), List.of()));

        assertThat(find(ofTokyo)).isInstanceOf(Leased.Confirmed.class);
        assertThat(exchange(OSAKA).ignored()).isEqualTo(before + 2);
    }

    @Test
    void answersADigestWithWhatItKnowsAndWhatItDoesNot() {
        AllocationId known = confirmed(OSAKA);
        AllocationId unknown = at(TOKYO);
        Entry asked = new Entry(unknown, 2, Stage.CONFIRMED, 0);

        hear(digest(false, 0, List.of(new Entry(known, 2, Stage.CONFIRMED, 0), asked), List.of()));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(digestsTo(OSAKA))
                        .filteredOn(d -> d.answer() && d.asWorker().contains(new Entry(unknown, 0, Stage.UNKNOWN, 0)))
                        .singleElement()
                        .satisfies(d -> {
                            assertThat(d.asWorker()).contains(new Entry(known, 2, Stage.CONFIRMED, 0));
                            assertThat(d.seenSequence()).isEqualTo(SAID.get());
                        }));
    }

    @Test
    void keepsALeaseThatItsMasterDoesNotCountOnUntilAnOperatorGivesItBack() {
        AllocationId orphan = confirmed(OSAKA);

        hear(digest(false, 0, List.of(), List.of()));

        assertThat(find(orphan)).isInstanceOf(Leased.Confirmed.class);
        as("operator")
                .get("/api/v1/peers")
                .then()
                .body("find { it.peer == 'osaka' }.differences.allocation", hasItem(orphan.toString()))
                .body("find { it.peer == 'osaka' }.differences.act", hasItem(true));
        as("tenant").delete("/api/v1/shares/" + orphan).then().statusCode(403);
        as("operator").delete("/api/v1/shares/" + orphan).then().statusCode(202).body("state", equalTo("RELEASING"));
        as("operator").delete("/api/v1/shares/" + at(OSAKA)).then().statusCode(404);
    }

    @Test
    void tellsASenderThatUsedAPlaceTwiceToBeginAnew() {
        hear(digest(true, 0, List.of(), List.of()));
        long taken = SAID.get();

        take(new StreamPosition(OSAKA, 5, taken), new ReleaseShare(at(TOKYO), 1));

        await().atMost(SOON).untilAsserted(() -> assertThat(digestsTo(OSAKA)).anyMatch(d -> d.reusedEpoch() == 5));
        // The next epoch ends it.
        take(new StreamPosition(OSAKA, 6, 1), digest(true, 0, List.of(), List.of()));
        inTransaction(tx -> settlement.onDue(tx, OSAKA));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(digestsTo(OSAKA).getLast())
                        .matches(d -> d.reusedEpoch() == 0 && d.seenEpoch() == 6));
        take(new StreamPosition(OSAKA, 5, taken + 1), digest(true, 0, List.of(), List.of()));
        assertThat(exchange(OSAKA).in().epoch()).isEqualTo(6);
        OSAKA_EPOCH.set(7);
        SAID.set(0);
    }

    @Test
    void beginsAStreamAnewIfAPeerHasHeardWhatItDoesNotRemember() {
        inTransaction(tx -> settlement.onDue(tx, OSAKA));
        StreamPosition before = last(OSAKA);
        StreamPosition own = last(TOKYO);

        hear(digest(true, before.epoch(), before.sequence() + 1_000));
        inTransaction(tx -> settlement.onDue(tx, OSAKA));

        assertThat(last(OSAKA).epoch()).isGreaterThan(before.epoch());
        assertThat(last(OSAKA).sequence()).isLessThan(before.sequence() + 1_000);
        assertThat(last(TOKYO).epoch()).isEqualTo(own.epoch());
    }

    @Test
    void noticesAtTheStartThatItsDatabaseWasSetBack() {
        AllocationId lease = confirmed(OSAKA);
        AllocationId over = save(new Allocation.Released(header(at(TOKYO), OSAKA), List.of()));
        inTransaction(tx -> settlement.onDue(tx, OSAKA));
        StreamPosition before = last(OSAKA);

        inTransaction(tx -> settlement.begin(tx, Map.of(OSAKA, before)));
        assertThat(restoredIn()).as("nothing is wrong yet").isZero();
        inTransaction(tx ->
                settlement.begin(tx, Map.of(OSAKA, new StreamPosition(TOKYO, before.epoch(), before.sequence() + 1))));

        assertThat(restoredIn()).isPositive();
        assertThat(last(OSAKA).epoch()).isGreaterThan(before.epoch());
        assertThat(find(lease).header().sequence()).isEqualTo(Restoration.floor(restoredIn()));
        assertThat(find(over)).isInstanceOf(Allocation.Forgotten.class);
        // What it may have forgotten is given back for real, and by an operator's word too.
        hear(new ReleaseShare(over, 7));
        assertThat(find(over)).isInstanceOf(Allocation.Releasing.class);
        as("operator").delete("/api/v1/shares/" + at(TOKYO)).then().statusCode(202);
        inTransaction(
                tx -> tx.session().createNativeQuery("delete from restored").executeUpdate());
    }

    @Test
    void findsHowFarItsTopicsHaveCome() {
        inTransaction(tx -> settlement.onDue(tx, OSAKA));
        StreamPosition last = last(OSAKA);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(StreamEnds.find(
                                ReaderSettings.of(brokers, Map.of()), List.of(OSAKA, new SiteId("nowhere"))))
                        .hasSize(1)
                        .hasEntrySatisfying(
                                OSAKA,
                                found -> assertThat(found.epoch() > last.epoch()
                                                || found.epoch() == last.epoch() && found.sequence() >= last.sequence())
                                        .isTrue()));
    }

    private static final AtomicLong OSAKA_EPOCH = new AtomicLong(5);

    /** Osaka says something, in its turn. */
    private void hear(Message message) {
        take(new StreamPosition(OSAKA, OSAKA_EPOCH.get(), SAID.incrementAndGet()), message);
    }

    private void take(StreamPosition position, Message message) {
        Envelope envelope = new Envelope(
                UUID.randomUUID(), "/osaka/reservation", "subject", Instant.now(), "correlation", position, message);
        inTransaction(tx -> federation.take(tx, OSAKA, envelope));
    }

    private static ShareDigest digest(boolean answer, long seenEpoch, long seenSequence) {
        return new ShareDigest(OSAKA, answer, seenEpoch, seenSequence, 0, List.of(), List.of(), null, null);
    }

    private static ShareDigest digest(boolean answer, long reused, List<Entry> asMaster, List<Entry> asWorker) {
        return new ShareDigest(OSAKA, answer, 0, 0, reused, asMaster, asWorker, null, null);
    }

    private AllocationId confirmed(SiteId master) {
        return save(SampleShares.confirmed(at(TOKYO), master));
    }

    private AllocationId save(Allocation allocation) {
        inTransaction(tx -> allocations.save(tx, allocation));
        return allocation.id();
    }

    private Allocation find(AllocationId id) {
        return record(id).orElseThrow();
    }

    private Optional<Allocation> record(AllocationId id) {
        return inTransaction(tx -> allocations.lock(tx, id));
    }

    private ExchangeStore.Exchange exchange(SiteId site) {
        return inTransaction(exchanges::all).stream()
                .filter(e -> e.site().equals(site))
                .findFirst()
                .orElseThrow();
    }

    private long restoredIn() {
        return inTransaction(exchanges::restoredIn);
    }

    private StreamPosition last(SiteId to) {
        return Objects.requireNonNull(inTransaction(outbound::last).get(to));
    }

    private <T> T inTransaction(Function<Tx, Uni<T>> work) {
        return unitOfWork.inTransaction(work).await().atMost(SOON);
    }

    private List<ShareDigest> digestsTo(SiteId site) {
        return StreamTopic.read(brokers, site).stream()
                .map(Envelope::message)
                .filter(ShareDigest.class::isInstance)
                .map(ShareDigest.class::cast)
                .toList();
    }
}

package io.archipelago.reservation.app;

import static io.archipelago.reservation.SampleShares.at;
import static io.archipelago.reservation.SampleShares.confirmed;
import static io.archipelago.reservation.SampleShares.header;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.archipelago.bus.Tx;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Leased;
import io.archipelago.reservation.persistence.AllocationStore;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.testkit.Tokens;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The shares that tokyo gives, as rows and as operators give them back. */
@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = {
            @ResourceArg(
                    name = "topics",
                    value = "federation.to.tokyo.v1,federation.to.osaka.v1,federation.to.sendai.v1"),
            @ResourceArg(
                    name = "settings",
                    value = "federation.peers.sendai.number=9,federation.peers.sendai.bootstrap-servers=127.0.0.1:1,"
                            + "federation.peers.sendai.limits.machines=5")
        })
class SharesIT {

    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final SiteId OSAKA = new SiteId("osaka");
    private static final SiteId SENDAI = new SiteId("sendai");
    private static final String PATH = "/api/v1/shares/";
    private static final Duration SOON = Duration.ofSeconds(20);

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    AllocationStore allocations;

    @Inject
    AllocationService service;

    private static RequestSpecification as(String tenant, String role) {
        return given().auth().oauth2(Tokens.of("oscar", tenant, role));
    }

    @Test
    void twoWhoBothFindNoRecordOfAShareLeaveOne() {
        // Given: both look before either has written
        AllocationId id = at(TOKYO);
        AtomicInteger looks = new AtomicInteger();
        CompletableFuture<Void> bothHaveLooked = new CompletableFuture<>();
        Function<Tx, Uni<Void>> begin = tx -> allocations.lock(tx, id).chain(found -> {
            if (looks.incrementAndGet() == 2) {
                bothHaveLooked.complete(null);
            }
            return onThisContext(bothHaveLooked)
                    .chain(() -> found.isPresent()
                            ? Uni.createFrom().voidItem()
                            : allocations.save(tx, confirmed(id, OSAKA)));
        });

        // When
        Uni.join()
                .all(unitOfWork.inTransaction(begin), unitOfWork.inTransaction(begin))
                .andFailFast()
                .await()
                .atMost(SOON);

        // Then: the one that came second was done again, and found what the first had written
        assertThat(looks).hasValue(3);
        assertThat(find(id)).containsInstanceOf(Leased.Confirmed.class);
    }

    @Test
    void givesAPeerNoMoreThanItMayHave() {
        // Given
        TimeWindow window = day(2);
        AllocationId first = at(TOKYO);
        AllocationId second = at(TOKYO);
        AllocationId own = at(TOKYO);

        // When
        command(SENDAI, hold(first, 1, SENDAI, window, 3));
        command(SENDAI, hold(second, 1, SENDAI, window, 3));
        command(TOKYO, hold(own, 1, TOKYO, window, 30));

        // Then
        assertThat(find(first)).containsInstanceOf(Allocation.Holding.class);
        assertThat(find(own)).containsInstanceOf(Allocation.Holding.class);
        assertThat(find(second)).hasValueSatisfying(refused -> {
            assertThat(refused).isInstanceOf(Allocation.Released.class);
            assertThat(((Allocation.Released) refused).refusals())
                    .singleElement()
                    .satisfies(why -> assertThat(why.machines()).isEqualTo(2));
        });

        // When: it asks for what is left, and for another time
        command(SENDAI, hold(second, 2, SENDAI, window, 2));
        AllocationId later = at(TOKYO);
        command(
                SENDAI,
                hold(later, 1, SENDAI, new TimeWindow(window.end(), window.end().plusSeconds(60)), 5));

        // Then
        assertThat(find(second)).containsInstanceOf(Allocation.Holding.class);
        assertThat(find(later)).containsInstanceOf(Allocation.Holding.class);

        // When: it asks for more of what it has, where it counts as it will be
        command(SENDAI, hold(first, 2, SENDAI, window, 4));

        // Then
        assertThat(find(first)).containsInstanceOf(Allocation.Releasing.class);
    }

    @Test
    void countsWhatTheSameTransactionHasHeldBeforeAndNotWhatIsOnItsWayBack() {
        // Given
        TimeWindow window = day(5);
        AllocationId first = at(TOKYO);
        AllocationId second = at(TOKYO);

        // When
        inTransaction(tx -> service.onCommand(tx, SENDAI, hold(first, 1, SENDAI, window, 3))
                .chain(() -> service.onCommand(tx, SENDAI, hold(second, 1, SENDAI, window, 3))));

        // Then
        assertThat(find(second)).containsInstanceOf(Allocation.Released.class);

        // When
        inTransaction(tx -> service.onCommand(tx, SENDAI, new ReleaseShare(first, 2)));
        command(SENDAI, hold(second, 2, SENDAI, window, 3));

        // Then
        assertThat(find(first)).containsInstanceOf(Allocation.Releasing.class);
        assertThat(find(second)).containsInstanceOf(Allocation.Holding.class);
    }

    @Test
    void whatIsHeldForAnOfferIsInTheWayOfOtherOffersOnly() {
        // Given
        TimeWindow window = day(8);
        HoldShare offer = hold(at(TOKYO), 1, SENDAI, window, 4);
        AllocationId other = at(TOKYO);
        AllocationId firm = at(TOKYO);

        // When
        command(SENDAI, new HoldShare(offer.allocation(), 1, offer.spec(), offer.holdFor(), HoldPurpose.OFFER));
        command(SENDAI, new HoldShare(other, 1, offer.spec(), offer.holdFor(), HoldPurpose.OFFER));
        command(SENDAI, hold(firm, 1, SENDAI, window, 5));

        // Then
        assertThat(find(offer.allocation())).containsInstanceOf(Allocation.Holding.class);
        assertThat(find(other)).containsInstanceOf(Allocation.Released.class);
        assertThat(find(firm)).containsInstanceOf(Allocation.Holding.class);
    }

    @Test
    void forgetsWhatItWasOnlyAskedAboutWhateverItSaid() {
        // Given
        TimeWindow window = day(11);
        HoldShare refused = hold(at(TOKYO), 1, SENDAI, window, 6);
        HoldShare asked = hold(at(TOKYO), 1, SENDAI, window, 4);
        AllocationId firm = at(TOKYO);

        // When
        command(SENDAI, new HoldShare(refused.allocation(), 1, refused.spec(), refused.holdFor(), HoldPurpose.PROBE));
        command(SENDAI, new HoldShare(asked.allocation(), 1, asked.spec(), asked.holdFor(), HoldPurpose.PROBE));
        command(SENDAI, hold(firm, 1, SENDAI, window, 5));

        // Then
        assertThat(find(refused.allocation())).containsInstanceOf(Allocation.Released.class);
        assertThat(find(asked.allocation())).containsInstanceOf(Allocation.Holding.class);
        assertThat(find(firm))
                .as("what is only asked about counts for nothing")
                .containsInstanceOf(Allocation.Holding.class);

        // When: asked once more under the same number
        command(SENDAI, new HoldShare(refused.allocation(), 1, refused.spec(), refused.holdFor(), HoldPurpose.PROBE));

        // Then
        assertThat(find(refused.allocation()))
                .as("the limit counts again")
                .containsInstanceOf(Allocation.Released.class);

        // When
        inTransaction(tx -> allocations.forgetProbes(tx, Duration.ofMinutes(-1)));

        // Then
        assertThat(find(refused.allocation())).isEmpty();
        assertThat(find(asked.allocation())).as("it is still being asked about").isPresent();
        assertThat(find(firm)).isPresent();
    }

    /** Each test has one of its own. */
    private static TimeWindow day(int ahead) {
        Instant start = Instant.now().plus(Duration.ofDays(ahead));
        return new TimeWindow(start, start.plus(Duration.ofDays(1)));
    }

    private void command(SiteId master, HoldShare hold) {
        inTransaction(tx -> service.onCommand(tx, master, hold));
    }

    private static HoldShare hold(AllocationId id, long sequence, SiteId master, TimeWindow window, int machines) {
        AllocationSpec spec = new AllocationSpec(
                new TenantId("astro"),
                "survey",
                1,
                master,
                List.of(master),
                window,
                List.of(new MachineGroup(MachineRole.COMPUTE, 1, machines, 1, 1, 1, machines)),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of()));
        return new HoldShare(id, sequence, spec, Duration.ofMinutes(1));
    }

    @Test
    void namesWhatItHasForgottenOnlyIfAsked() {
        AllocationId lease = save(confirmed(at(TOKYO), OSAKA));
        AllocationId forgotten = save(new Allocation.Forgotten(header(at(TOKYO), OSAKA)));
        AllocationId over = save(new Allocation.Released(header(at(TOKYO), OSAKA), List.of()));

        assertThat(look(List.of())).contains(lease).doesNotContain(forgotten, over);
        assertThat(look(List.of(forgotten, over))).contains(lease, forgotten, over);
    }

    @Test
    void countsWhatHasBeenGivenBackForLongUntilItIsGone() {
        // Given
        AllocationId lease = save(confirmed(at(TOKYO), OSAKA));
        AllocationId left = save(confirmed(at(TOKYO), OSAKA));
        as("", "operator").delete(PATH + left).then().statusCode(202);

        // Then
        assertThat(longReleases(Duration.ZERO)).contains(left).doesNotContain(lease);
        assertThat(longReleases(Duration.ofHours(1))).doesNotContain(left, lease);

        // When
        Allocation releasing = find(left).orElseThrow();
        inTransaction(tx -> allocations
                .lock(tx, left)
                .chain(found -> allocations.save(tx, new Allocation.Released(releasing.header(), List.of()))));

        // Then
        assertThat(longReleases(Duration.ZERO)).doesNotContain(left);
    }

    @Test
    void letsOnlyOperatorsGiveAShareBack() {
        AllocationId lease = save(confirmed(at(TOKYO), OSAKA));

        given().delete(PATH + lease).then().statusCode(401);
        as("astro", "tenant").delete(PATH + lease).then().statusCode(403);
        as("bio", "tenant").delete(PATH + lease).then().statusCode(403);
        assertThat(find(lease)).containsInstanceOf(Leased.Confirmed.class);

        as("", "admin").delete(PATH + lease).then().statusCode(202).body("state", equalTo("RELEASING"));
        as("", "operator").delete(PATH + lease).then().statusCode(202).body("state", equalTo("RELEASING"));
        assertThat(find(lease)).containsInstanceOf(Allocation.Releasing.class);
    }

    @Test
    void givesBackOnlyWhatThisSiteGives() {
        as("", "operator").delete(PATH + at(TOKYO)).then().statusCode(404).body("code", equalTo("not-found"));
        as("", "operator").delete(PATH + at(OSAKA)).then().statusCode(404).body("detail", containsString("ask there"));
        as("", "operator").delete(PATH + "nonsense").then().statusCode(404);
        as("", "operator").delete(PATH + UUID.randomUUID() + ".NO SITE").then().statusCode(404);
    }

    /** A session's work must go on where it began, whoever completes what it waits for. */
    private static Uni<Void> onThisContext(CompletableFuture<Void> event) {
        Context context = Objects.requireNonNull(Vertx.currentContext());
        return Uni.createFrom()
                .emitter(emitter -> event.thenRun(() -> context.runOnContext(ignored -> emitter.complete(null))));
    }

    private List<AllocationId> look(List<AllocationId> others) {
        return inTransaction(tx -> allocations.look(tx, OSAKA, Range.ALL, others)).stream()
                .map(Allocation::id)
                .toList();
    }

    private List<AllocationId> longReleases(Duration atLeast) {
        return inTransaction(tx -> allocations.longReleases(tx, atLeast));
    }

    private AllocationId save(Allocation allocation) {
        inTransaction(tx -> allocations.save(tx, allocation));
        return allocation.id();
    }

    private Optional<Allocation> find(AllocationId id) {
        return inTransaction(tx -> allocations.lock(tx, id));
    }

    private <T> T inTransaction(Function<Tx, Uni<T>> work) {
        return unitOfWork.inTransaction(work).await().atMost(SOON);
    }
}

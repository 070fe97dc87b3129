package io.archipelago.reservation.messaging;

import static io.archipelago.reservation.SampleShares.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.bus.Tx;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareDigest.Stage;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.reservation.SampleShares;
import io.archipelago.reservation.app.FederationService;
import io.archipelago.reservation.domain.Digests;
import io.archipelago.reservation.domain.Digests.Difference;
import io.archipelago.reservation.persistence.AllocationStore;
import io.archipelago.reservation.persistence.ExchangeStore;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.archipelago.wire.Json;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tokyo, whose peer osaka is played by the test, with a database of its own. */
@QuarkusTest
@TestProfile(DigestPagesIT.WithAPeer.class)
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"))
class DigestPagesIT {

    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final SiteId OSAKA = new SiteId("osaka");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final AtomicLong SAID = new AtomicLong();

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    FederationService federation;

    @Inject
    AllocationStore allocations;

    @Inject
    ExchangeStore exchanges;

    private final String brokers = ConfigProvider.getConfig().getValue("kafka.bootstrap.servers", String.class);

    public static class WithAPeer extends SettlementIT.WithAPeer {}

    @Test
    void takesAPageForTheReservationsThatItSpeaksOf() {
        List<AllocationId> orphans = Stream.of(confirmed(OSAKA), confirmed(OSAKA))
                .sorted(Comparator.comparing(AllocationId::reservation))
                .toList();
        AllocationId low = orphans.getFirst();
        AllocationId high = orphans.getLast();
        hear(page(orphans.stream().map(DigestPagesIT::counted).toList(), null, null));
        assertThat(differing()).doesNotContain(low, high);

        hear(page(List.of(), null, high.reservation()));
        assertThat(differing()).contains(low).doesNotContain(high);
        hear(page(List.of(), high.reservation(), null));
        assertThat(differing()).contains(low, high);
        hear(page(List.of(counted(low), counted(high)), null, high.reservation()));
        assertThat(differing())
                .as("of what is outside of the range nothing is said")
                .contains(high);
        assertThat(differing()).doesNotContain(low);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(toldOsaka())
                        .anyMatch(d -> d.answer()
                                && d.first() == null
                                && high.reservation().equals(d.end()))
                        .anyMatch(d -> d.answer() && high.reservation().equals(d.first()) && d.end() == null));
    }

    @Test
    void tellsInPagesWhatOneDigestCannotHold() {
        List<AllocationId> leases =
                Stream.generate(() -> at(TOKYO)).limit(Digests.PAGE + 50).toList();
        copies(confirmed(OSAKA), leases);

        inTransaction(tx -> exchanges.soon(tx, OSAKA));
        hear(page(List.of(), null, null));

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(told(false)).containsAll(leases);
            assertThat(told(true)).containsAll(leases);
        });
        assertThat(toldOsaka()).allSatisfy(d -> assertThat(d.asWorker()).hasSizeLessThanOrEqualTo(Digests.PAGE));
    }

    /** What was told to osaka in pages, be it in answer or not. */
    private Set<AllocationId> told(boolean answer) {
        return toldOsaka().stream()
                .filter(d -> d.answer() == answer && (d.first() != null || d.end() != null))
                .flatMap(d -> d.asWorker().stream())
                .map(Entry::allocation)
                .collect(Collectors.toSet());
    }

    private static Entry counted(AllocationId id) {
        return new Entry(id, 2, Stage.CONFIRMED, 0);
    }

    private List<AllocationId> differing() {
        return inTransaction(exchanges::all).stream()
                .filter(e -> e.site().equals(OSAKA))
                .flatMap(e -> e.differences().stream())
                .map(Difference::allocation)
                .toList();
    }

    private static ShareDigest page(List<Entry> asMaster, @Nullable ReservationId first, @Nullable ReservationId end) {
        return new ShareDigest(OSAKA, false, 0, 0, 0, asMaster, List.of(), first, end);
    }

    /** Osaka says something, in its turn. */
    private void hear(ShareDigest digest) {
        StreamPosition position = new StreamPosition(OSAKA, 5, SAID.incrementAndGet());
        Envelope envelope = new Envelope(
                UUID.randomUUID(), "/osaka/reservation", "digest", Instant.now(), "correlation", position, digest);
        inTransaction(tx -> federation.take(tx, OSAKA, envelope));
    }

    private AllocationId confirmed(SiteId master) {
        AllocationId id = at(TOKYO);
        inTransaction(tx -> allocations.save(tx, SampleShares.confirmed(id, master)));
        return id;
    }

    private void copies(AllocationId of, List<AllocationId> ids) {
        inTransaction(tx -> tx.session()
                .createNativeQuery("""
                        insert into allocation (id, master, state, body, due_at, changed_at, starts_at, ends_at)
                        select copy, master, state, jsonb_set(body, '{header,id}', to_jsonb(copy)), due_at, changed_at,
                            starts_at, ends_at
                        from allocation, jsonb_array_elements_text(cast(cast(:ids as text) as jsonb)) as copies (copy)
                        where id = :of
                        """)
                .setParameter("ids", Json.write(ids))
                .setParameter("of", of.toString())
                .executeUpdate());
    }

    private List<ShareDigest> toldOsaka() {
        return StreamTopic.read(brokers, OSAKA).stream()
                .map(Envelope::message)
                .filter(ShareDigest.class::isInstance)
                .map(ShareDigest.class::cast)
                .toList();
    }

    private <T> T inTransaction(Function<Tx, Uni<T>> work) {
        return unitOfWork.inTransaction(work).await().atMost(SOON);
    }
}

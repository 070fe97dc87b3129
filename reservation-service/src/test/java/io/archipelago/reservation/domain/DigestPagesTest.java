package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.NOON;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.contracts.federation.ShareDigest.Stage;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.reservation.SampleShares;
import io.archipelago.reservation.domain.Digests.Difference;
import io.archipelago.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DigestPagesTest {

    private static final int BROKER_TAKES = 900 * 1024;

    @Property(tries = 200)
    void everyReservationIsInOnePageAndNoPageIsTooLarge(
            @ForAll @IntRange(max = 30) int count, @ForAll @IntRange(min = 1, max = 8) int size, @ForAll long seed) {
        List<ReservationId> reservations = reservations(count, new Random(seed));

        List<Range> pages = pages(reservations, size);

        assertThat(pages.getFirst().first()).isNull();
        assertThat(pages.getLast().end()).isNull();
        for (int i = 1; i < pages.size(); i++) {
            assertThat(pages.get(i).first()).isEqualTo(pages.get(i - 1).end());
        }
        for (ReservationId id : reservations) {
            assertThat(pages).filteredOn(page -> page.contains(id)).hasSize(1);
        }
        assertThat(pages)
                .allSatisfy(page ->
                        assertThat(reservations.stream().filter(page::contains)).hasSizeLessThanOrEqualTo(size));
    }

    /** The pages are the master's, and in any order; the site cuts what it believes where they say. */
    @Property(tries = 200)
    void pagesTellOrphansAsTheWholeDoes(
            @ForAll @IntRange(max = 30) int count, @ForAll @IntRange(min = 1, max = 8) int size, @ForAll long seed) {
        Random random = new Random(seed);
        List<Allocation> leases = new ArrayList<>();
        List<Entry> counted = new ArrayList<>();
        Set<ReservationId> ofMaster = new HashSet<>();
        for (ReservationId reservation : reservations(count, random)) {
            AllocationId id = new AllocationId(reservation, OSAKA);
            boolean here = random.nextBoolean();
            if (here) {
                leases.add(SampleShares.confirmed(id, TOKYO));
            }
            if (!here || random.nextBoolean()) {
                counted.add(new Entry(id, 1, Stage.CONFIRMED, 0));
                ofMaster.add(reservation);
            }
        }

        Stream<Difference> byPages = pages(ofMaster, size).stream()
                .flatMap(page ->
                        Digests.orphans(
                                leases, counted.stream().filter(page::contains).toList(), page)
                                .stream());

        assertThat(byPages).containsExactlyInAnyOrderElementsOf(Digests.orphans(leases, counted, Range.ALL));
    }

    @Test
    void aPageAsLargeAsCanBeIsTakenByABroker() {
        SiteId longest = new SiteId("abcdefghijklmnop");
        List<Entry> entries = reservations(Digests.PAGE, new Random(1)).stream()
                .map(id -> new Entry(new AllocationId(id, longest), Long.MAX_VALUE, Stage.CONFIRMING, Long.MIN_VALUE))
                .toList();
        ReservationId id = entries.getFirst().allocation().reservation();
        ShareDigest digest = new ShareDigest(
                longest, true, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, entries, entries, id, id);

        String written = Wire.write(new Envelope(
                id.value(),
                "/abcdefghijklmnop/reservation",
                "digest",
                NOON,
                "correlation",
                new StreamPosition(longest, 1, 1),
                digest));

        assertThat(written.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(BROKER_TAKES / 2);
    }

    private static List<ReservationId> reservations(int count, Random random) {
        return Stream.generate(() -> new ReservationId(new UUID(random.nextLong(), random.nextLong())))
                .limit(count)
                .toList();
    }

    /** As a site tells them: as many as it may have to read, and one more. */
    private static List<Range> pages(Iterable<ReservationId> reservations, int size) {
        List<ReservationId> sorted = new ArrayList<>();
        reservations.forEach(sorted::add);
        sorted.sort(null);
        List<Range> pages = new ArrayList<>();
        Range rest = Range.ALL;
        do {
            pages.add(Digests.page(
                    rest,
                    sorted.stream().filter(rest::contains).limit(size + 1L).toList(),
                    size));
            rest = new Range(pages.getLast().end(), null);
        } while (rest.first() != null);
        return pages;
    }
}

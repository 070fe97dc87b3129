package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.TOKYO;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.reservation.domain.PeerLimit.Use;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PeerLimitTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    private static final int HOURS = 6;

    @Test
    void saysHowManyAreLeft() {
        PeerLimit limit = new PeerLimit(10, 1000);
        List<Use> others = List.of(use(hours(0, 2), 4, 40), use(hours(1, 3), 3, 30), use(hours(2, 4), 5, 50));

        assertThat(limit.excess(TOKYO, others, spec(hours(0, 4), 3, 1)))
                .contains(new Refusal(
                                ErrorCode.NO_CAPACITY,
                                "machines",
                                "this site gives clusters of tokyo at most 10 machines at a time, and throughout the window 2 are left",
                                null,
                                null,
                                2)
                        .missing(1, null));
        assertThat(limit.excess(TOKYO, others, spec(hours(3, 4), 5, 1))).isEmpty();
    }

    @Test
    void saysHowManyAreLeftByTheirDisks() {
        PeerLimit limit = new PeerLimit(10, 100);

        Optional<Refusal> refusal = limit.excess(TOKYO, List.of(use(hours(0, 1), 1, 30)), spec(hours(0, 1), 4, 20));

        assertThat(refusal).hasValueSatisfying(why -> {
            assertThat(why.resource()).isEqualTo("volume space");
            assertThat(why.detail()).endsWith("100 bytes of volumes at a time, and throughout the window 70 are left");
            assertThat(why.machines()).isEqualTo(3);
            assertThat(why.missing()).isEqualTo(new Refusal.Missing(10, null));
        });
    }

    @Test
    void saysUntilWhenOnlyHoldsAreInTheWay() {
        PeerLimit limit = new PeerLimit(10, 1000);
        Use lasting = use(hours(0, 1), 4, 1);
        Use held = new Use(hours(0, 1), 4, 1, NOON.plusSeconds(60));
        Use heldLonger = new Use(hours(0, 1), 1, 1, NOON.plusSeconds(90));
        List<Use> others = List.of(lasting, held, heldLonger);

        assertThat(limit.excess(TOKYO, others, spec(hours(0, 1), 6, 1)))
                .hasValueSatisfying(why -> assertThat(why.holdsOnlyUntil()).isEqualTo(NOON.plusSeconds(90)));
        assertThat(limit.excess(TOKYO, others, spec(hours(0, 1), 7, 1)))
                .hasValueSatisfying(why -> assertThat(why.holdsOnlyUntil()).isNull());
    }

    /** Judged by adding up every hour; as many as are said to be left are none too many, and one more is. */
    @Property
    void isNeverExceededAndNothingIsRefusedInVain(
            @ForAll @Size(max = 12) List<@IntRange(max = HOURS - 1) Integer> starts,
            @ForAll @Size(min = 12, max = 12) List<@IntRange(min = 1, max = 5) Integer> machines,
            @ForAll @Size(min = 12, max = 12) List<@IntRange(min = 1, max = 3) Integer> lengths) {
        PeerLimit limit = new PeerLimit(8, 12);
        List<Use> uses = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            TimeWindow window = hours(starts.get(i), starts.get(i) + lengths.get(i));
            AllocationSpec wanted = spec(window, machines.get(i), 2);

            Optional<Refusal> refusal = limit.excess(TOKYO, uses, wanted);

            assertThat(refusal.isEmpty()).isEqualTo(fits(uses, use(wanted)));
            if (refusal.isEmpty()) {
                uses.add(use(wanted));
            } else {
                int left = Objects.requireNonNull(refusal.get().machines());
                assertThat(left).isBetween(0, machines.get(i) - 1);
                assertThat(left == 0 || fits(uses, use(spec(window, left, 2)))).isTrue();
                assertThat(fits(uses, use(spec(window, left + 1, 2)))).isFalse();
            }
        }
    }

    private static boolean fits(List<Use> uses, Use one) {
        for (int hour = 0; hour < 2 * HOURS; hour++) {
            Instant at = NOON.plusSeconds(3600L * hour);
            int machines = one.machines();
            long bytes = one.volumeBytes();
            for (Use use : uses) {
                machines += use.during().contains(at) ? use.machines() : 0;
                bytes += use.during().contains(at) ? use.volumeBytes() : 0;
            }
            if (one.during().contains(at) && (machines > 8 || bytes > 12)) {
                return false;
            }
        }
        return true;
    }

    private static Use use(AllocationSpec spec) {
        return use(spec.window(), spec.machines(), spec.diskBytes());
    }

    private static Use use(TimeWindow during, int machines, long bytes) {
        return new Use(during, machines, bytes, null);
    }

    private static TimeWindow hours(int from, int to) {
        return new TimeWindow(NOON.plusSeconds(3600L * from), NOON.plusSeconds(3600L * to));
    }

    private static AllocationSpec spec(TimeWindow window, int machines, long diskBytes) {
        return new AllocationSpec(
                new TenantId("astro"),
                "survey",
                2,
                TOKYO,
                List.of(TOKYO),
                window,
                List.of(new MachineGroup(MachineRole.COMPUTE, 1, machines, 1, 1, diskBytes, machines)),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of()));
    }
}

package io.archipelago.placement.domain;

import static io.archipelago.placement.domain.PlacementFixture.WINDOW;
import static io.archipelago.placement.domain.PlacementFixture.booking;
import static io.archipelago.placement.domain.PlacementFixture.calendar;
import static io.archipelago.placement.domain.PlacementFixture.compute;
import static io.archipelago.placement.domain.PlacementFixture.frontend;
import static io.archipelago.placement.domain.PlacementFixture.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Availability;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.allocation.MachineGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PackingTest {

    @Property
    void takesNoMoreThanThereIs(@ForAll("instances") Instance instance) {
        Packing.of(instance.groups(), instance.availability(), WINDOW).ifPresent(packing -> {
            Map<HostId, Amounts> used = new HashMap<>();
            for (MachineGroup group : instance.groups()) {
                Map<HostId, Integer> ofGroup = new HashMap<>();
                for (int i = 0; i < group.count(); i++) {
                    HostId host = packing.hosts().get(group.firstOrdinal() + i);
                    assertThat(host).as("every machine has a host").isNotNull();
                    used.merge(host, each(group), Amounts::plus);
                    assertThat(ofGroup.merge(host, 1, Integer::sum)).isLessThanOrEqualTo(group.maxPerHost());
                }
            }
            used.forEach((host, amounts) -> {
                Pool pool = instance.availability().pool(host.value()).orElseThrow();
                assertThat(amounts.fitsIn(instance.availability().free(pool, WINDOW)))
                        .isTrue();
            });
        });
    }

    @Property
    void placesLikeMachinesWheneverTheyFitAtAll(@ForAll("instances") Instance instance) {
        // Given
        MachineGroup only = instance.groups().getLast();
        int possible = instance.hosts().stream()
                .mapToInt(h -> fits(only, instance.availability().free(h, WINDOW)))
                .sum();

        // Then
        assertThat(Packing.most(only, List.of(), instance.availability(), WINDOW))
                .isEqualTo(Math.min(possible, only.count()));
        assertThat(Packing.of(List.of(only), instance.availability(), WINDOW).isPresent())
                .isEqualTo(possible >= only.count());
    }

    @Property
    void saysFitsOnlyIfSomePackingExists(@ForAll("instances") Instance instance) {
        // Given
        List<Amounts> free = instance.hosts().stream()
                .map(h -> instance.availability().free(h, WINDOW))
                .toList();

        // When
        boolean packed =
                Packing.of(instance.groups(), instance.availability(), WINDOW).isPresent();

        // Then
        assertThat(!packed || somePacking(instance.groups(), free)).isTrue();
    }

    /** What a site is asked for: like machines, and perhaps a frontend. */
    @Property(tries = 2000)
    void refusesNoFrontendWithMachinesInVain(@ForAll("instances") Instance instance, @ForAll boolean frontendLast) {
        // Given
        MachineGroup like = instance.groups().getFirst();
        MachineGroup frontend = frontend(like.cpus(), like.memoryBytes());
        MachineGroup computes = instance.groups().getLast();
        List<MachineGroup> groups = frontendLast ? List.of(computes, frontend) : List.of(frontend, computes);
        List<Amounts> free = instance.hosts().stream()
                .map(h -> instance.availability().free(h, WINDOW))
                .toList();

        // Then
        assertThat(Packing.of(groups, instance.availability(), WINDOW).isPresent())
                .isEqualTo(somePacking(groups, free));
        int most = Packing.most(computes, List.of(frontend), instance.availability(), WINDOW);
        for (int count = 1; count <= computes.count(); count++) {
            assertThat(somePacking(List.of(frontend, computes.first(count)), free))
                    .as("%d of %d, where %d are said to fit", count, computes.count(), most)
                    .isEqualTo(count <= most);
        }
    }

    /** As when a lease gets more machines, or a frontend has to leave its host. */
    @Property(tries = 2000)
    void refusesNothingInVainBesideMachinesThatStay(
            @ForAll("instances") Instance instance, @ForAll @IntRange(min = 1, max = 3) int stay) {
        // Given
        MachineGroup like = instance.groups().getFirst();
        MachineGroup frontend = frontend(like.cpus(), like.memoryBytes());
        MachineGroup computes = instance.groups().getLast();
        int kept = Math.min(stay, computes.count());
        Map<Integer, HostId> there = Packing.of(List.of(computes.first(kept)), instance.availability(), WINDOW)
                .map(Packing::hosts)
                .orElse(Map.of());
        if (there.isEmpty()) {
            return;
        }
        List<MachineGroup> groups = List.of(frontend, computes);
        List<Amounts> free = new ArrayList<>();
        int[][] placed = new int[groups.size()][instance.hosts().size()];
        for (Pool host : instance.hosts()) {
            Amounts left = instance.availability().free(host, WINDOW);
            for (HostId each : there.values()) {
                if (each.value().equals(host.id())) {
                    left = left.minus(each(computes));
                    placed[1][free.size()]++;
                }
            }
            free.add(left);
        }
        List<Integer> machines = new ArrayList<>(List.of(0));
        machines.addAll(Collections.nCopies(computes.count() - kept, 1));

        // When
        Optional<Packing> packing = Packing.of(groups, there, instance.availability(), WINDOW);

        // Then
        assertThat(packing.isPresent()).isEqualTo(place(machines, groups, free, placed));
        packing.ifPresent(found -> assertThat(found.hosts()).containsAllEntriesOf(there));
    }

    @Test
    void aFrontendMakesWayForMachinesThatFitNowhereElse() {
        // Given: best fit puts the frontend on the second, and then no machine fits there.
        Calendar calendar = calendar(List.of(host(1, 8, 16), host(2, 8, 8)));

        // When
        Packing packing = Packing.of(List.of(frontend(1, 1), compute(2, 1, 8, 1)), calendar.availability(), WINDOW)
                .orElseThrow();

        // Then
        assertThat(packing.hosts()).isEqualTo(Map.of(4093, host(1), 1, host(2), 2, host(1)));
    }

    @Property
    void packsTheSameInWhateverOrderTheHostsCome(@ForAll("instances") Instance instance, @ForAll Random random) {
        // Given
        List<Pool> shuffled = new ArrayList<>(instance.hosts());
        Collections.shuffle(shuffled, random);

        // Then
        assertThat(Packing.of(instance.groups(), calendar(shuffled).availability(), WINDOW)
                        .map(Packing::hosts))
                .isEqualTo(
                        Packing.of(instance.groups(), calendar(instance.hosts()).availability(), WINDOW)
                                .map(Packing::hosts));
    }

    @Property
    void givesEachMachineToTheHostWithTheLeastLeftThatCanTakeIt(@ForAll("instances") Instance instance) {
        tightest(instance)
                .ifPresent(hosts -> assertThat(Packing.of(instance.groups(), instance.availability(), WINDOW)
                                .orElseThrow()
                                .hosts())
                        .isEqualTo(hosts));
    }

    /** Each machine on the host with the least left, one after the other; nothing, if the last ones find none then. */
    private static Optional<Map<Integer, HostId>> tightest(Instance instance) {
        Map<Integer, HostId> hosts = new TreeMap<>();
        Map<HostId, Amounts> left = new TreeMap<>(Comparator.comparing(HostId::value));
        instance.hosts()
                .forEach(host ->
                        left.put(new HostId(host.id()), instance.availability().free(host, WINDOW)));
        for (MachineGroup group : instance.groups()) {
            Map<HostId, Integer> ofGroup = new HashMap<>();
            for (int ordinal : group.ordinals()) {
                Optional<HostId> tightest = left.entrySet().stream()
                        .filter(e -> each(group).fitsIn(e.getValue())
                                && ofGroup.getOrDefault(e.getKey(), 0) < group.maxPerHost())
                        .min(Comparator.comparing((Map.Entry<HostId, Amounts> e) ->
                                        e.getValue().get(PlacementLogic.MEMORY))
                                .thenComparing(e -> e.getValue().get(PlacementLogic.CPUS)))
                        .map(Map.Entry::getKey);
                if (tightest.isEmpty()) {
                    return Optional.empty();
                }
                hosts.put(ordinal, tightest.get());
                ofGroup.merge(tightest.get(), 1, Integer::sum);
                left.merge(tightest.get(), each(group), Amounts::minus);
            }
        }
        return Optional.of(hosts);
    }

    @Test
    void fillsTheTightestHostFirst() {
        Calendar calendar = calendar(List.of(host(1, 8, 32), host(2, 8, 16), host(3, 8, 16)));

        Packing packing = Packing.of(List.of(compute(3, 2, 8, 4)), calendar.availability(), WINDOW)
                .orElseThrow();

        assertThat(packing.hosts()).isEqualTo(Map.of(1, host(2), 2, host(2), 3, host(3)));
    }

    @Test
    void takesSilentHostsOnlyOnceTheOthersAreFull() {
        Calendar calendar = calendar(List.of(host(1, 8, 8).silentSince(WINDOW.start()), host(2, 8, 16)));

        Packing packing = Packing.of(List.of(compute(3, 2, 8, 4)), calendar.availability(), WINDOW)
                .orElseThrow();

        assertThat(packing.hosts()).isEqualTo(Map.of(1, host(2), 2, host(2), 3, host(1)));
    }

    @Test
    void countsWhatIsBookedAtAnyTimeOfTheWindow() {
        Calendar calendar = calendar(List.of(host(1, 4, 8)), booking(1, 2, 4, WINDOW, null));

        assertThat(Packing.most(compute(4, 1, 2, 4), List.of(), calendar.availability(), WINDOW))
                .isEqualTo(2);
    }

    @Test
    void hasNoRoomBesideOthersThatDoNotFit() {
        Calendar calendar = calendar(List.of(host(1, 4, 8)));

        assertThat(Packing.most(compute(1, 1, 1, 1), List.of(frontend(8, 1)), calendar.availability(), WINDOW))
                .isZero();
        assertThat(Packing.most(compute(4, 1, 1, 4), List.of(frontend(2, 1)), calendar.availability(), WINDOW))
                .isEqualTo(2);
    }

    @Test
    void passesOverHostsThatTakeNoBookings() {
        Pool closed = PlacementLogic.pool(host(1), 8, 8, false);

        assertThat(Packing.of(
                        List.of(compute(1, 1, 1, 1)), calendar(List.of(closed)).availability(), WINDOW))
                .isEqualTo(Optional.empty());
    }

    @Provide
    Arbitrary<Instance> instances() {
        Arbitrary<Pool> host = Combinators.combine(
                        Arbitraries.integers().between(1, 6),
                        Arbitraries.longs().between(1, 6))
                .as((cpus, memory) -> host(1, cpus, memory));
        Arbitrary<MachineGroup> group = Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.longs().between(1, 3),
                        Arbitraries.integers().between(1, 2))
                .as(PlacementFixture::compute);
        return Combinators.combine(
                        host.list().ofMinSize(1).ofMaxSize(3),
                        group.list().ofMinSize(1).ofMaxSize(2))
                .as(Instance::of);
    }

    private static Amounts each(MachineGroup group) {
        return Amounts.of(PlacementLogic.CPUS, group.cpus(), PlacementLogic.MEMORY, group.memoryBytes());
    }

    private static int fits(MachineGroup group, Amounts free) {
        int count = 0;
        Amounts sum = each(group);
        while (count < group.maxPerHost() && sum.fitsIn(free)) {
            count++;
            sum = sum.plus(each(group));
        }
        return count;
    }

    /** Tries every host for every machine. */
    private static boolean somePacking(List<MachineGroup> groups, List<Amounts> free) {
        List<Integer> machines = new ArrayList<>();
        for (int g = 0; g < groups.size(); g++) {
            machines.addAll(Collections.nCopies(groups.get(g).count(), g));
        }
        return place(machines, groups, new ArrayList<>(free), new int[groups.size()][free.size()]);
    }

    private static boolean place(
            List<Integer> machines, List<MachineGroup> groups, List<Amounts> free, int[][] placed) {
        if (machines.isEmpty()) {
            return true;
        }
        int g = machines.getFirst();
        MachineGroup group = groups.get(g);
        for (int h = 0; h < free.size(); h++) {
            if (each(group).fitsIn(free.get(h)) && placed[g][h] < group.maxPerHost()) {
                Amounts before = free.get(h);
                free.set(h, before.minus(each(group)));
                placed[g][h]++;
                boolean rest = place(machines.subList(1, machines.size()), groups, free, placed);
                free.set(h, before);
                placed[g][h]--;
                if (rest) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A few small hosts and groups. */
    record Instance(List<Pool> hosts, List<MachineGroup> groups) {

        static Instance of(List<Pool> sizes, List<MachineGroup> like) {
            List<Pool> hosts = new ArrayList<>();
            for (Pool size : sizes) {
                hosts.add(host(
                        hosts.size() + 1,
                        (int) size.capacity().get(PlacementLogic.CPUS),
                        size.capacity().get(PlacementLogic.MEMORY)));
            }
            List<MachineGroup> groups = new ArrayList<>();
            for (MachineGroup g : like) {
                groups.add(new MachineGroup(
                        g.role(),
                        1 + 10 * groups.size(),
                        g.count(),
                        g.cpus(),
                        g.memoryBytes(),
                        g.diskBytes(),
                        g.maxPerHost()));
            }
            return new Instance(hosts, groups);
        }

        Availability availability() {
            return PlacementFixture.calendar(hosts).availability();
        }
    }
}

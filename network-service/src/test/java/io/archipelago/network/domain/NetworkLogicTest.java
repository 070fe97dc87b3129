package io.archipelago.network.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.ParticipantLogic.Choice;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.LinkDriver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NetworkLogicTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    private static final TimeWindow WINDOW = new TimeWindow(NOON.plusSeconds(3600), NOON.plusSeconds(7200));
    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final SiteId OSAKA = new SiteId("osaka");
    private static final HostId FIRST = new HostId("tokyo-g01");
    private static final HostId SECOND = new HostId("tokyo-g02");
    private static final List<TimeWindow> WINDOWS = List.of(
            WINDOW,
            new TimeWindow(NOON.plusSeconds(5000), NOON.plusSeconds(9000)),
            new TimeWindow(NOON.plusSeconds(7200), NOON.plusSeconds(9000)),
            new TimeWindow(NOON.plusSeconds(3600), NOON.plusSeconds(9000)));
    private static final long CACHE = 10;
    private static final long MBIT = 1_000_000;
    private static final HostId COMPUTE = new HostId("tokyo-c01");

    private final NetworkLogic logic = new NetworkLogic(
            new Pool.Units(100, 105),
            new Pool.Units(20000, 20003),
            new LinkTerms(List.of(LinkDriver.OPENVPN), 1500, 1486, Wan.UNTOLD));

    @Property
    void givesNoVlanAndNoPortTwiceAtATime(
            @ForAll @Size(max = 12) @UniqueElements List<@LongRange(min = 1, max = 1000) Long> requests) {
        // Given
        List<Booking> bookings = new ArrayList<>();
        Set<String> given = new HashSet<>();
        int held = 0;

        // When
        for (long number : requests) {
            if (logic.hold(request(number, TOKYO, WINDOW), calendar(bookings)) instanceof Chosen chosen) {
                held++;
                for (Claim claim : claims(logic, request(number, TOKYO, WINDOW), chosen)) {
                    assertThat(given.add(claim.pool() + "/" + claim.unit())).isTrue();
                    bookings.add(booking(number, claim, null));
                }
            }
        }

        // Then
        assertThat(held).isEqualTo(Math.min(requests.size(), 6));
        assertThat(given).hasSize(2 * held);
    }

    @Test
    void choosesTheGatewayWithFewestBookings() {
        // Given
        List<Booking> bookings = List.of(booking(9, new Claim(FIRST.value(), 20000, Amounts.NONE), null));

        // Then
        assertThat(segment(logic.hold(request(1, TOKYO, WINDOW), calendar(bookings)))
                        .gateway())
                .isEqualTo(SECOND);
        assertThat(segment(logic.hold(request(1, TOKYO, WINDOW), calendar(List.of())))
                        .gateway())
                .isEqualTo(FIRST);
    }

    /** What there is room for is asked as the cache would: by the bytes of those that stand there at a time. */
    @Property
    void choosesAGatewayWithRoomForTheCacheIfThereIsOne(
            @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 7) Integer> shares,
            @ForAll @LongRange(min = 0, max = 40) long firstBytes,
            @ForAll @LongRange(min = 0, max = 40) long secondBytes) {
        // Given
        NetworkLogic wide = new NetworkLogic(
                new Pool.Units(100, 199),
                new Pool.Units(20000, 20099),
                new LinkTerms(List.of(LinkDriver.OPENVPN), 1500, 1486, Wan.UNTOLD));
        Map<String, Long> space = Map.of(FIRST.value(), firstBytes, SECOND.value(), secondBytes);
        List<Pool> pools = new ArrayList<>(wide.pools());
        space.forEach((host, bytes) ->
                pools.addAll(wide.pools(new HostId(host), inventory(HostRole.GATEWAY, "203.0.113.1", bytes), true)));
        List<Booking> booked = new ArrayList<>();
        List<Booking> caches = new ArrayList<>();

        for (int i = 0; i < shares.size(); i++) {
            // When
            boolean worker = shares.get(i) % 2 == 1;
            TimeWindow window = WINDOWS.get(shares.get(i) / 2);
            Request request = request(i, worker ? OSAKA : TOKYO, window);
            Chosen chosen = (Chosen) wide.hold(request, new Calendar(pools, booked, NOON));
            for (Claim claim : claims(wide, request, chosen)) {
                booked.add(booking(i, claim, null, window));
            }

            // Then
            String gateway = segment(chosen).gateway().value();
            if (worker && space.keySet().stream().anyMatch(g -> hasRoom(g, space, caches, window))) {
                assertThat(hasRoom(gateway, space, caches, window)).isTrue();
            }
            if (worker) {
                caches.add(booking(i, new Claim(gateway, null, Amounts.of("bytes", CACHE)), null, window));
            }
        }
    }

    private static List<Claim> claims(NetworkLogic logic, Request request, Chosen chosen) {
        return logic.claims(
                request.allocation(), request.spec(), request.facts().with(chosen.chosen()));
    }

    private static boolean hasRoom(String gateway, Map<String, Long> space, List<Booking> caches, TimeWindow window) {
        Pool pool = new Pool(gateway, Amounts.of("bytes", space.getOrDefault(gateway, 0L)), null, true, Map.of());
        return CACHE
                <= new Calendar(List.of(pool), caches, NOON).free(pool, window).get("bytes");
    }

    @Test
    void tellsWhereItsEndOfTheLinksIs() {
        Chosen chosen = (Chosen) logic.hold(request(1, TOKYO, WINDOW), calendar(List.of()));

        Facts.Segment segment = segment(chosen);
        assertThat(segment.mtu()).isEqualTo(1500);
        assertThat(segment.endpoint().address()).isEqualTo("203.0.113.1");
        assertThat(claims(logic, request(1, TOKYO, WINDOW), chosen))
                .containsExactly(
                        new Claim(NetworkLogic.VLANS, segment.vlan(), Amounts.NONE),
                        new Claim(FIRST.value(), segment.endpoint().port(), Amounts.NONE));
    }

    @Test
    void givesTheSameIdsBackToBack() {
        // Given
        List<Booking> all = new ArrayList<>();
        for (int vlan = 100; vlan <= 105; vlan++) {
            all.add(booking(50 + vlan, new Claim(NetworkLogic.VLANS, vlan, Amounts.NONE), null));
        }
        TimeWindow next = new TimeWindow(WINDOW.end(), WINDOW.end().plusSeconds(1));

        // Then
        assertThat(logic.hold(request(1, TOKYO, WINDOW), calendar(all))).isInstanceOf(DoesNotFit.class);
        assertThat(logic.hold(request(1, TOKYO, next), calendar(all))).isInstanceOf(Chosen.class);
    }

    @Test
    void saysWhenAVlanWillBeFree() {
        // Given
        List<Booking> all = new ArrayList<>();
        for (int vlan = 100; vlan <= 105; vlan++) {
            all.add(booking(50 + vlan, new Claim(NetworkLogic.VLANS, vlan, Amounts.NONE), null));
        }

        // When
        Refusal refusal = refusal(logic.hold(request(1, TOKYO, WINDOW), calendar(all)));

        // Then
        assertThat(refusal.resource()).isEqualTo("vlan");
        assertThat(refusal.earliestStart()).isEqualTo(WINDOW.end());
        assertThat(refusal.holdsOnlyUntil()).isNull();
    }

    @Test
    void saysThatOnlyHoldsHaveThePorts() {
        // Given
        List<Booking> all = new ArrayList<>();
        for (int port = 20000; port <= 20003; port++) {
            all.add(booking(port, new Claim(FIRST.value(), port, Amounts.NONE), NOON.plusSeconds(60)));
            all.add(booking(port, new Claim(SECOND.value(), port, Amounts.NONE), NOON.plusSeconds(30)));
        }

        // When
        Refusal refusal = refusal(logic.hold(request(1, TOKYO, WINDOW), calendar(all)));

        // Then
        assertThat(refusal.resource()).isEqualTo("link port");
        assertThat(refusal.holdsOnlyUntil()).isEqualTo(NOON.plusSeconds(60));
        assertThat(refusal.earliestStart()).isEqualTo(WINDOW.end());
    }

    @Test
    void saysWhenBothAVlanAndAPortWillBeFree() {
        // Given
        List<Booking> all = new ArrayList<>();
        for (int vlan = 100; vlan <= 105; vlan++) {
            all.add(booking(50 + vlan, new Claim(NetworkLogic.VLANS, vlan, Amounts.NONE), NOON.plusSeconds(60)));
        }
        TimeWindow longer = new TimeWindow(WINDOW.start(), WINDOW.end().plusSeconds(1800));
        for (int port = 20000; port <= 20003; port++) {
            all.add(booking(port, new Claim(FIRST.value(), port, Amounts.NONE), null, longer));
            all.add(booking(port, new Claim(SECOND.value(), port, Amounts.NONE), null, longer));
        }

        // When
        Refusal refusal = refusal(logic.hold(request(1, TOKYO, WINDOW), calendar(all)));

        // Then
        assertThat(refusal.resource()).isEqualTo("vlan");
        assertThat(refusal.earliestStart()).isEqualTo(longer.end());
        assertThat(refusal.holdsOnlyUntil()).isNull();
    }

    @Test
    void refusesWhereNoGatewayIsOpen() {
        // Given
        Calendar calendar = new Calendar(pools(false), List.of(), NOON);

        // When
        Refusal refusal = refusal(logic.hold(request(1, TOKYO, WINDOW), calendar));

        // Then
        assertThat(refusal.resource()).isEqualTo("link port");
        assertThat(refusal.earliestStart()).isNull();
    }

    @Test
    void offersWhatTheGatewayCanAndTheSiteAllows() {
        // Given
        LinkTerms terms = new LinkTerms(
                List.of(LinkDriver.VXLAN_WIREGUARD, LinkDriver.OPENVPN, LinkDriver.CONSOLE), 9000, 1500, Wan.UNTOLD);
        Map<LinkDriver, String> able =
                Map.of(LinkDriver.OPENVPN, "a1:b2", LinkDriver.VXLAN_WIREGUARD, "key=", LinkDriver.VXLAN, "");

        // Then
        assertThat(terms.offers(able))
                .containsExactly(
                        new Facts.LinkOffer(LinkDriver.VXLAN_WIREGUARD, "key=", 1390),
                        new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434));
    }

    @Test
    void refusesALinkWhereNoGatewayCanJoinOne() {
        // Given
        NetworkLogic other = new NetworkLogic(
                new Pool.Units(100, 105),
                new Pool.Units(20000, 20003),
                new LinkTerms(List.of(LinkDriver.GRETAP), 1500, 1500, Wan.UNTOLD));
        Request alone = request(1, TOKYO, WINDOW);
        Request linked = new Request(alone.allocation(), spec(TOKYO, List.of(OSAKA)), alone.facts(), alone.booked());

        // Then
        assertThat(refusal(other.hold(linked, calendar(List.of()))).detail()).contains("can join a link");
    }

    @Test
    void refusesWithoutALinkWhatTheWanHasNoRoomForThroughoutTheWindow() {
        // Given
        NetworkLogic wan = towards(OSAKA, 1000 * MBIT);
        Claim taken = claims(
                        wan, linked(1, 700 * MBIT), (Chosen) wan.hold(linked(1, 700 * MBIT), calendar(wan, List.of())))
                .getLast();
        Calendar calendar = calendar(wan, List.of(booking(1, taken, null)));

        // When
        Refusal refusal = refusal(wan.hold(linked(2, 400 * MBIT), calendar));

        // Then
        assertThat(refusal.code()).isEqualTo(ErrorCode.NO_CAPACITY);
        assertThat(refusal.resource()).isEqualTo("bandwidth");
        assertThat(refusal.detail())
                .isEqualTo("of the 400Mbit/s of the WAN to osaka that a link of this cluster takes 300Mbit/s are free"
                        + " throughout the window");
        assertThat(refusal.earliestStart()).isEqualTo(WINDOW.end());
        assertThat(refusal.machines()).as("fewer of them would not help").isNull();
        assertThat(wan.hold(linked(2, 300 * MBIT), calendar)).isInstanceOf(Chosen.class);
        assertThat(wan.hold(request(2, TOKYO, WINDOW), calendar))
                .as("without a link")
                .isInstanceOf(Chosen.class);
    }

    @Test
    void booksForALeaseWhatWasChosenForItWhateverIsToldOfTheWanByNow() {
        // Given
        NetworkLogic before = towards(OSAKA, 1000 * MBIT);
        NetworkLogic after = towards(OSAKA, 20 * MBIT);
        Request request = linked(1, 700 * MBIT);
        Chosen promised = (Chosen) before.hold(request, calendar(before, List.of()));
        Chosen untold = (Chosen) logic.hold(linked(2, null), calendar(List.of()));

        // Then
        assertThat(claims(after, request, promised)).isEqualTo(claims(before, request, promised));
        assertThat(claims(after, linked(2, null), untold))
                .as("nothing was told when it was held")
                .isEqualTo(claims(logic, linked(2, null), untold))
                .hasSize(2);
    }

    @Test
    void saysFirstWhatNoOtherTimeWouldHelpWith() {
        // Given
        List<Booking> taken = IntStream.rangeClosed(100, 105)
                .mapToObj(vlan -> booking(vlan, new Claim(NetworkLogic.VLANS, vlan, Amounts.NONE), null))
                .toList();

        // Then
        assertThat(refusal(logic.hold(linked(1, MBIT), calendar(taken))).code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(refusal(logic.hold(linked(1, null), calendar(taken))).code()).isEqualTo(ErrorCode.NO_CAPACITY);
    }

    @Test
    void promisesNoBandwidthThatItHasNot() {
        NetworkLogic wan = towards(OSAKA, 1000 * MBIT);

        Refusal tooMuch = refusal(wan.hold(linked(1, 1001 * MBIT), calendar(wan, List.of())));
        Refusal toNobody = refusal(logic.hold(linked(1, 1 * MBIT), calendar(List.of())));

        assertThat(tooMuch.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(tooMuch.detail())
                .isEqualTo("of the WAN to osaka this site promises at most 1Gbit/s, and 1001Mbit/s are asked for");
        assertThat(toNobody.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(toNobody.detail())
                .isEqualTo("this site promises no bandwidth to osaka; ask for none, or for other sites");
    }

    /** Judged by adding up at every instant at which a window begins. */
    @Property
    void neverPromisesMoreOfTheWanThanThereIsNorRefusesInVain(
            @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 6) Integer> asked,
            @ForAll @Size(min = 30, max = 30) List<@IntRange(min = 0, max = 3) Integer> windows) {
        // Given
        NetworkLogic wan = towards(OSAKA, 10 * MBIT);
        List<Booking> bookings = new ArrayList<>();

        for (int i = 0; i < asked.size(); i++) {
            // When
            TimeWindow window = WINDOWS.get(windows.get(i));
            Request request = linked(i, asked.get(i) == 0 ? null : asked.get(i) * MBIT, window);
            Choice choice = wan.hold(request, calendar(wan, bookings));

            // Then
            long wanted = Math.max(1, asked.get(i)) * MBIT;
            assertThat(choice instanceof Chosen).isEqualTo(most(bookings, window) + wanted <= 10 * MBIT);
            if (choice instanceof Chosen chosen) {
                Claim claim = claims(wan, request, chosen).getLast();
                assertThat(claim.amounts().get("bits-per-second")).isEqualTo(wanted);
                bookings.add(booking(i, claim, null, window));
            }
        }
    }

    private static long most(List<Booking> bookings, TimeWindow window) {
        return WINDOWS.stream()
                .map(TimeWindow::start)
                .filter(window::contains)
                .mapToLong(at -> bookings.stream()
                        .filter(booking -> booking.during().contains(at))
                        .mapToLong(booking -> booking.amounts().get("bits-per-second"))
                        .sum())
                .max()
                .orElse(0);
    }

    @Test
    void booksGatewaysAndTheSitesVlans() {
        assertThat(logic.name()).isEqualTo(Participant.NETWORK);
        assertThat(logic.pools()).extracting(Pool::id).containsExactly(NetworkLogic.VLANS);
        assertThat(logic.pools(FIRST, inventory(HostRole.GATEWAY, "203.0.113.1"), true))
                .singleElement()
                .matches(p -> p.open() && p.id().equals("tokyo-g01"));
        assertThat(logic.pools(FIRST, inventory(HostRole.COMPUTE, ""), true)).isEmpty();
    }

    private Calendar calendar(List<Booking> bookings) {
        return new Calendar(pools(true), bookings, NOON);
    }

    private Calendar calendar(NetworkLogic other, List<Booking> bookings) {
        return new Calendar(
                Stream.concat(
                                other.pools().stream(),
                                logic.pools(FIRST, inventory(HostRole.GATEWAY, "203.0.113.1"), true).stream())
                        .toList(),
                bookings,
                NOON);
    }

    /** Links that ask for nothing have a megabit. */
    private static NetworkLogic towards(SiteId peer, long bandwidth) {
        return new NetworkLogic(
                new Pool.Units(100, 199),
                new Pool.Units(20000, 20003),
                new LinkTerms(List.of(LinkDriver.OPENVPN), 1500, 1486, new Wan(Map.of(peer, bandwidth), MBIT)));
    }

    private List<Pool> pools(boolean open) {
        List<Pool> pools = new ArrayList<>(logic.pools());
        pools.addAll(logic.pools(FIRST, inventory(HostRole.GATEWAY, "203.0.113.1"), open));
        pools.addAll(logic.pools(SECOND, inventory(HostRole.GATEWAY, "203.0.113.9"), open));
        return pools;
    }

    private static Inventory inventory(HostRole role, String wanAddress) {
        return inventory(role, wanAddress, 0);
    }

    private static Inventory inventory(HostRole role, String wanAddress, long cacheBytes) {
        return new Inventory(
                "9f2c",
                Set.of(role),
                0,
                0,
                Map.of(),
                "",
                cacheBytes,
                wanAddress,
                Map.of(LinkDriver.OPENVPN, "a1:b2"),
                "",
                Map.of(),
                Map.of(),
                List.of());
    }

    private static Facts.Segment segment(Choice choice) {
        return (Facts.Segment) ((Chosen) choice).chosen();
    }

    private static Refusal refusal(Choice choice) {
        return ((DoesNotFit) choice).refusal();
    }

    private static Booking booking(long number, Claim claim, @Nullable Instant heldUntil) {
        return booking(number, claim, heldUntil, WINDOW);
    }

    private static Booking booking(long number, Claim claim, @Nullable Instant heldUntil, TimeWindow during) {
        return new Booking(allocation(number), claim.pool(), claim.unit(), claim.amounts(), during, heldUntil);
    }

    private static AllocationId allocation(long number) {
        return new AllocationId(new ReservationId(new UUID(0x7000, number)), TOKYO);
    }

    private static Request request(long number, SiteId master, TimeWindow booked) {
        return new Request(allocation(number), spec(master, List.of()), Facts.OfSite.unknown(), booked);
    }

    private static Request linked(long number, @Nullable Long bandwidth) {
        return linked(number, bandwidth, WINDOW);
    }

    private static Request linked(long number, @Nullable Long bandwidth, TimeWindow booked) {
        return new Request(allocation(number), spec(TOKYO, List.of(OSAKA), bandwidth), Facts.OfSite.unknown(), booked);
    }

    private static AllocationSpec spec(SiteId master, List<SiteId> peers) {
        return spec(master, peers, null);
    }

    private static AllocationSpec spec(SiteId master, List<SiteId> peers, @Nullable Long bandwidth) {
        return new AllocationSpec(
                new TenantId("astro"),
                "survey",
                1,
                master,
                peers,
                WINDOW,
                List.of(new MachineGroup(MachineRole.COMPUTE, 1, 2, 1, 1, 1, 2)),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of()),
                bandwidth);
    }
}

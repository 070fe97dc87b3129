package io.archipelago.network.domain;

import static io.archipelago.network.domain.NetworkFixture.FIRST;
import static io.archipelago.network.domain.NetworkFixture.NOON;
import static io.archipelago.network.domain.NetworkFixture.OSAKA;
import static io.archipelago.network.domain.NetworkFixture.TOKYO;
import static io.archipelago.network.domain.NetworkFixture.WINDOW;
import static io.archipelago.network.domain.NetworkFixture.WINDOWS;
import static io.archipelago.network.domain.NetworkFixture.booking;
import static io.archipelago.network.domain.NetworkFixture.claims;
import static io.archipelago.network.domain.NetworkFixture.inventory;
import static io.archipelago.network.domain.NetworkFixture.refusal;
import static io.archipelago.network.domain.NetworkFixture.request;
import static io.archipelago.network.domain.NetworkFixture.segment;
import static io.archipelago.network.domain.NetworkFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.LinkDriver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

class NetworkLogicTest {

    private static final HostId SECOND = new HostId("tokyo-g02");
    private static final long CACHE = 10;
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

    private List<Pool> pools(boolean open) {
        List<Pool> pools = new ArrayList<>(logic.pools());
        pools.addAll(logic.pools(FIRST, inventory(HostRole.GATEWAY, "203.0.113.1"), open));
        pools.addAll(logic.pools(SECOND, inventory(HostRole.GATEWAY, "203.0.113.9"), open));
        return pools;
    }
}

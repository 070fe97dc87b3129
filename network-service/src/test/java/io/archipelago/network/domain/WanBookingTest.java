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
import static io.archipelago.network.domain.NetworkFixture.linked;
import static io.archipelago.network.domain.NetworkFixture.refusal;
import static io.archipelago.network.domain.NetworkFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.ParticipantLogic.Choice;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.LinkDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What of the WAN a cluster's links have: osaka's WAN, of which some was told. */
class WanBookingTest {

    private static final long MBIT = 1_000_000;

    private final NetworkLogic logic = new NetworkLogic(
            new Pool.Units(100, 105),
            new Pool.Units(20000, 20003),
            new LinkTerms(List.of(LinkDriver.OPENVPN), 1500, 1486, Wan.UNTOLD));

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
        assertThat(refusal.missing()).isEqualTo(new Refusal.Missing(100 * MBIT, WINDOW));
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

    private Calendar calendar(List<Booking> bookings) {
        return calendar(logic, bookings);
    }

    private static Calendar calendar(NetworkLogic other, List<Booking> bookings) {
        return new Calendar(
                Stream.concat(
                                other.pools().stream(),
                                other.pools(FIRST, inventory(HostRole.GATEWAY, "203.0.113.1"), true).stream())
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
}

package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.ExtensionTest.row;
import static io.archipelago.bus.protocol.ExtensionTest.running;
import static io.archipelago.bus.protocol.ProtocolFixture.ALLOCATION;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.SEQUENCE;
import static io.archipelago.bus.protocol.ProtocolFixture.STORAGE;
import static io.archipelago.bus.protocol.ProtocolFixture.disk;
import static io.archipelago.bus.protocol.ProtocolFixture.extend;
import static io.archipelago.bus.protocol.ProtocolFixture.gone;
import static io.archipelago.bus.protocol.ProtocolFixture.in;
import static io.archipelago.bus.protocol.ProtocolFixture.lease;
import static io.archipelago.bus.protocol.ProtocolFixture.observed;
import static io.archipelago.bus.protocol.ProtocolFixture.seen;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.volume;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.protocol.PartDecision.Book;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What is still there of what a lease no longer wants is booked, until it is seen gone; nothing else is. */
class LeftoversTest {

    private final ParticipantProtocol protocol = ProtocolFixture.protocol();

    @Test
    void booksNothingForAStrangerThatWasRemoved() {
        // Given
        ResourceKey key = ResourceKey.of(ResourceKind.VOLUME, ALLOCATION, "vcompute-1-9");
        Rows rows = new Rows(new Nothing());

        // Then
        assertThat(rows.of(running(), List.of(Resource.stranger(STORAGE, key, 1))))
                .isEmpty();
    }

    @Test
    void booksNothingForWhatIsThereAgainAfterItWasSeenGone() {
        // Given
        Resource gone = in(Phase.READY, volume(7)).removed().seen(seen(volume(7).removed(), Phase.ABSENT));
        PartView lease = view(running(), gone, in(Phase.READY, volume(1)), in(Phase.READY, disk(1)));

        // When
        Resource again = protocol.onObserved(observed(gone, 1, Phase.READY, ""), lease, NOON)
                .resources()
                .getFirst();
        PartView after = view(running(), again, in(Phase.READY, volume(1)), in(Phase.READY, disk(1)));

        // Then
        assertThat(again.absent() && !again.gone()).isTrue();
        assertThat(protocol.onCommand(extend(SEQUENCE + 1), after, NOON).bookings())
                .isEqualTo(new Book(List.of(row(9))));
        assertThat(protocol.books(seen(again, Phase.ABSENT), after))
                .as("whether less is booked once it is gone again")
                .isTrue();
    }

    @Test
    void isBookedForOnlyWhileItGoesOn() {
        Resource left = in(Phase.READY, volume(7)).removed();

        assertThat(protocol.books(seen(left, Phase.ABSENT), view(running(), left)))
                .isTrue();
        assertThat(protocol.books(seen(left, Phase.READY), view(running(), left)))
                .isFalse();
        assertThat(protocol.books(seen(volume(1), Phase.ABSENT), view(running(), volume(1))))
                .isFalse();
        assertThat(protocol.books(seen(left, Phase.ABSENT), view(ProtocolFixture.releasing(), left)))
                .isFalse();
    }

    /** Nothing is wanted, and what there is takes nothing of a pool without a name. */
    private static final class Nothing extends Bare {

        Nothing() {
            super(Participant.STORAGE);
        }

        @Override
        public List<Claim> claims(Resource leftover) {
            return List.of(new Claim("", null, Amounts.of("bytes", 0)));
        }

        @Override
        public Predicate<Resource> wanted(Lease lease) {
            return resource -> false;
        }
    }
}

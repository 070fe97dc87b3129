package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.HostFixture.HOST;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static io.archipelago.bus.protocol.ProtocolFixture.POOL;
import static io.archipelago.bus.protocol.ProtocolFixture.SEQUENCE;
import static io.archipelago.bus.protocol.ProtocolFixture.TERMS;
import static io.archipelago.bus.protocol.ProtocolFixture.confirmed;
import static io.archipelago.bus.protocol.ProtocolFixture.deploy;
import static io.archipelago.bus.protocol.ProtocolFixture.in;
import static io.archipelago.bus.protocol.ProtocolFixture.release;
import static io.archipelago.bus.protocol.ProtocolFixture.view;
import static io.archipelago.bus.protocol.ProtocolFixture.volume;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.HostDecision.Parts;
import io.archipelago.bus.protocol.PartDecision.Keep;
import io.archipelago.bus.protocol.Resource.Wanted;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A part whose hosts are not all known yet waits for them, and a host's new key for secrets is news to its parts. */
class UnheardHostsTest {

    private static final Instant LATER = NOON.plus(TERMS.lookAgain());

    private final Volumes logic = new Volumes();
    private final ParticipantProtocol protocol = new ParticipantProtocol(logic, TERMS);

    @Test
    void waitsAndSaysSo() {
        // When
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1), view(confirmed()), NOON);

        // Then
        assertThat(requireNonNull(decision.next()).due()).isEqualTo(LATER);
        assertThat(decision.publish()).isEmpty();
        assertThat(decision.bookings()).isEqualTo(new Keep());
        assertThat(decision.answers()).singleElement().isInstanceOfSatisfying(AllocationProgress.class, told -> {
            assertThat(told.progress()).isEqualTo(Progress.WAITING);
            assertThat(told.resources())
                    .extracting(ResourceStatus::reason)
                    .containsExactly("waits until every host of it has been heard of");
        });
    }

    @Test
    void looksAgainWithoutSayingItAgain() {
        PartDecision decision = protocol.onDue(view(waiting()), LATER);

        assertThat(requireNonNull(decision.next()).due()).isEqualTo(LATER.plus(TERMS.lookAgain()));
        assertThat(decision.answers()).isEmpty();
    }

    @Test
    void saysItAgainWhenItIsAskedAgain() {
        PartDecision decision = protocol.onCommand(deploy(SEQUENCE + 1), view(waiting()), NOON);

        assertThat(decision.answers())
                .singleElement()
                .isInstanceOfSatisfying(
                        AllocationProgress.class,
                        told -> assertThat(told.resources())
                                .extracting(ResourceStatus::reason)
                                .containsExactly("waits until every host of it has been heard of"));
    }

    @Test
    void beginsOnceAllIsKnown() {
        // Given
        PartView waiting = view(waiting());
        logic.known = true;

        // When
        PartDecision decision = protocol.onDue(waiting, LATER);

        // Then
        assertThat(decision.publish()).containsExactly(volume(1));
    }

    @Test
    void isReleasedAtOnce() {
        PartDecision decision = protocol.onCommand(release(SEQUENCE + 2), view(waiting()), NOON);

        assertThat(decision.next()).isInstanceOf(Part.Released.class);
        assertThat(decision.answers()).singleElement().isInstanceOf(AllocationReleased.class);
    }

    @Test
    void aHostThatHasAnotherKeyIsNewsToItsParts() {
        // Given
        HostHeartbeat same = HostFixture.next(0);
        HostHeartbeat other = new HostHeartbeat(
                HOST, same.epoch(), same.counter(), NOON, same.every(), withKey("other"), Map.of(), 0);

        // Then
        assertThat(HostFixture.protocol()
                        .onHeartbeat(HostFixture.alive(), same, true, NOON)
                        .parts())
                .isEqualTo(Parts.LEFT_ALONE);
        assertThat(HostFixture.protocol()
                        .onHeartbeat(HostFixture.alive(), other, true, NOON)
                        .parts())
                .isEqualTo(Parts.TOLD);
        assertThat(HostFixture.protocol().onHeartbeat(null, other, true, NOON).parts())
                .isEqualTo(Parts.LEFT_ALONE);
    }

    @Test
    void goesOnAsBeforeUntilAHostThatItIsToHaveIsHeardOf() {
        // Given
        PartView running = view(ProtocolFixture.deploying(Progress.READY), in(Phase.READY, volume(1)));

        // When
        PartDecision refused = protocol.onCommand(deploy(SEQUENCE + 1), running, NOON);
        logic.known = true;
        PartDecision taken = protocol.onCommand(deploy(SEQUENCE + 1), running, NOON);

        // Then
        assertThat(refused.answers()).hasOnlyElementsOfType(AllocationRefused.class);
        assertThat(refused.next()).isNull();
        assertThat(taken.answers()).hasOnlyElementsOfType(AllocationProgress.class);
    }

    private Part waiting() {
        return requireNonNull(protocol.onCommand(deploy(SEQUENCE + 1), view(confirmed()), NOON)
                .next());
    }

    private static Inventory withKey(String key) {
        Inventory of = HostFixture.inventory("machine");
        return new Inventory(
                of.machineId(),
                of.roles(),
                of.cpus(),
                of.memoryBytes(),
                of.pools(),
                of.storageAddress(),
                of.cacheBytes(),
                of.wanAddress(),
                of.links(),
                key,
                of.versions(),
                of.details(),
                of.problems());
    }

    /** Wants one volume, once all is known. */
    private static final class Volumes implements ParticipantLogic {

        private boolean known;

        @Override
        public Participant name() {
            return Participant.STORAGE;
        }

        @Override
        public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
            return List.of(POOL);
        }

        @Override
        public Choice hold(Request request, Calendar calendar) {
            throw new AssertionError("nothing is held here");
        }

        @Override
        public List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts) {
            return List.of();
        }

        @Override
        public boolean deployable(Lease lease) {
            return known;
        }

        @Override
        public List<Wanted> deploy(Lease lease) {
            assertThat(known).isTrue();
            Resource volume = volume(1);
            return List.of(new Wanted(volume.host(), volume.key(), volume.name(), volume.spec()));
        }
    }
}

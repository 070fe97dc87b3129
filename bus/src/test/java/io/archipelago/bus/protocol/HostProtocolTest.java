package io.archipelago.bus.protocol;

import static io.archipelago.bus.protocol.HostFixture.COUNTER;
import static io.archipelago.bus.protocol.HostFixture.EPOCH;
import static io.archipelago.bus.protocol.HostFixture.EVERY;
import static io.archipelago.bus.protocol.HostFixture.LOST_AT;
import static io.archipelago.bus.protocol.HostFixture.PATIENCE;
import static io.archipelago.bus.protocol.HostFixture.SUSPECT_AT;
import static io.archipelago.bus.protocol.HostFixture.after;
import static io.archipelago.bus.protocol.HostFixture.alive;
import static io.archipelago.bus.protocol.HostFixture.barred;
import static io.archipelago.bus.protocol.HostFixture.dead;
import static io.archipelago.bus.protocol.HostFixture.death;
import static io.archipelago.bus.protocol.HostFixture.declared;
import static io.archipelago.bus.protocol.HostFixture.fenced;
import static io.archipelago.bus.protocol.HostFixture.heartbeat;
import static io.archipelago.bus.protocol.HostFixture.lost;
import static io.archipelago.bus.protocol.HostFixture.next;
import static io.archipelago.bus.protocol.HostFixture.suspect;
import static io.archipelago.bus.protocol.ProtocolFixture.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.HostDecision.Parts;
import io.archipelago.bus.protocol.HostRecord.State;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostDead.Cause;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HostProtocolTest {

    private final HostProtocol protocol = HostFixture.protocol();

    @Test
    void isSuspectAfterThreeMissingHeartbeatsAndLostAfterLong() {
        assertThat(alive().due()).isEqualTo(SUSPECT_AT);
        assertThat(protocol.onDue(alive(), true, null, SUSPECT_AT.minusNanos(1)))
                .isEqualTo(HostDecision.NOTHING);
        assertThat(suspect().state()).isEqualTo(State.SUSPECT);
        assertThat(suspect().due()).isEqualTo(LOST_AT);
        assertThat(lost().state()).isEqualTo(State.LOST);
        assertThat(lost().dead()).isFalse();
    }

    /** Nothing is revoked at a storage host that is silent: it has to be done when it speaks, or a release waits for it for ever. */
    @Test
    void hasPartsLookedAtWhenASuspectHostSpeaks() {
        assertThat(protocol.onHeartbeat(suspect(), next(0), true, SUSPECT_AT).parts())
                .isEqualTo(Parts.LOOKED_AT);
        assertThat(protocol.onHeartbeat(alive(), next(0), true, NOON).parts()).isEqualTo(Parts.LEFT_ALONE);
    }

    @Test
    void isLostAtOnceIfNobodyLookedForLong() {
        assertThat(after(protocol.onDue(alive(), true, null, LOST_AT)).state()).isEqualTo(State.LOST);
    }

    @Test
    void doesNotCountSilenceWhileItDidNotListen() {
        // Given
        Instant late = NOON.plusSeconds(600);

        // When
        HostRecord doubted = after(protocol.onDue(alive(), false, null, late));
        HostRecord suspected = after(protocol.onDue(doubted, true, null, dueOf(doubted)));

        // Then
        assertThat(doubted.state()).isEqualTo(State.ALIVE);
        assertThat(doubted.heardAt()).isEqualTo(NOON);
        assertThat(suspected.state()).isEqualTo(State.SUSPECT);
        assertThat(suspected.due()).isEqualTo(late.plus(PATIENCE.lostAfter()));
    }

    @Test
    void declaresNobodyDeadWhileItDidNotListen() {
        HostRecord doubted = after(protocol.onDue(lost(), false, new Fence(1, 1), LOST_AT));

        assertThat(doubted.dead()).isFalse();
        assertThat(doubted.due()).isEqualTo(LOST_AT.plus(PATIENCE.lookAgain()));
    }

    @Test
    void isDeadOnceEveryExportWasSeenRevokedAndNotBefore() {
        // When
        HostDecision almost = protocol.onDue(lost(), true, new Fence(3, 2), LOST_AT);
        HostDecision all = protocol.onDue(after(almost), true, new Fence(3, 3), dueOf(after(almost)));

        // Then
        assertThat(after(almost).dead()).isFalse();
        assertThat(after(almost).note()).contains("2 of 3");
        assertThat(death(after(all)).cause()).isEqualTo(Cause.FENCED);
        assertThat(all.say())
                .isEqualTo(new HostDead(
                        HostFixture.HOST, HostFixture.EPOCH, COUNTER, Cause.FENCED, dueOf(after(almost)), "storage"));
    }

    @Test
    void asksForAnOperatorWhereNothingCanBeCutOff() {
        HostRecord host = after(protocol.onDue(lost(), true, new Fence(0, 0), LOST_AT));

        assertThat(host.dead()).isFalse();
        assertThat(host.note()).contains("an operator must say");
        assertThat(host.due()).isEqualTo(LOST_AT.plus(PATIENCE.sayAgain()));
    }

    @Test
    void repeatsThatAHostIsDeadAsLongAsItIsSilent() {
        // When
        HostDecision again = protocol.onDue(fenced(), true, null, dueOf(fenced()));

        // Then
        assertThat(again.say()).isNotNull();
        assertThat(after(again).due()).isEqualTo(dueOf(fenced()).plus(PATIENCE.sayAgain()));
        HostRecord heard = after(protocol.onDead(lost(), Objects.requireNonNull(again.say())));
        assertThat(heard.due()).as("who only heard of it repeats nothing").isNull();
    }

    @Test
    void believesAnOperatorUnlessTheHostSpeaks() {
        assertThat(protocol.declareDead(alive(), "oscar", LOST_AT)).isEmpty();
        assertThat(protocol.declareDead(barred(), "oscar", LOST_AT)).isEmpty();
        assertThat(death(declared()).by()).isEqualTo("oscar");
        assertThat(declared().note()).contains("oscar");
    }

    @Test
    void isBarredUntilItIsCleanAndKnowsWhatIsWanted() {
        // Given
        HostRecord dirty = barred();

        // When
        HostRecord uninformed = after(protocol.onHeartbeat(dirty, later(0, 2), false, LOST_AT));
        HostRecord clean = after(protocol.onHeartbeat(uninformed, later(0, 3), true, LOST_AT));

        // Then
        assertThat(dirty.state()).isEqualTo(State.ALIVE);
        assertThat(dirty.lost()).isTrue();
        assertThat(dirty.note()).contains("1 things on it are to go");
        assertThat(uninformed.lost()).isTrue();
        assertThat(clean.lost()).isFalse();
        assertThat(clean.note()).isEmpty();
    }

    @Test
    void isNotRevivedByAHeartbeatThatWasSaidBeforeItDied() {
        // Given
        HostRecord behind = after(protocol.onDead(alive(), dead(Cause.FENCED, COUNTER + 5)));

        // Then
        assertThat(behind.dead()).isTrue();
        assertThat(protocol.onHeartbeat(behind, heartbeat("machine", COUNTER + 5, 0), true, LOST_AT))
                .isEqualTo(HostDecision.NOTHING);
        assertThat(after(protocol.onHeartbeat(behind, heartbeat("machine", COUNTER + 6, 0), true, LOST_AT))
                        .dead())
                .isFalse();
    }

    @Test
    void takesNothingFromASecondMachineOfThatNameWhileTheFirstIsNotDead() {
        // When
        HostRecord reported = after(protocol.onHeartbeat(alive(), heartbeat("impostor", COUNTER + 50, 0), true, NOON));

        // Then
        assertThat(reported.inventory().machineId()).isEqualTo("machine");
        assertThat(reported.counter()).isEqualTo(COUNTER);
        assertThat(reported.due()).isEqualTo(alive().due());
        assertThat(Objects.requireNonNull(reported.second()).machineId()).isEqualTo("impostor");
        assertThat(after(protocol.onHeartbeat(fenced(), heartbeat("replacement", COUNTER + 50, 0), true, LOST_AT))
                        .inventory()
                        .machineId())
                .isEqualTo("replacement");
    }

    @Test
    void forgetsASecondMachineThatIsGone() {
        // Given
        HostRecord reported = after(protocol.onHeartbeat(alive(), heartbeat("impostor", COUNTER + 50, 0), true, NOON));

        // Then
        assertThat(after(protocol.onHeartbeat(reported, next(0), true, NOON.plusSeconds(5)))
                        .second())
                .isNotNull();
        assertThat(after(protocol.onHeartbeat(reported, next(0), true, NOON.plusSeconds(61)))
                        .second())
                .isNull();
    }

    @Test
    void aSuspectHostCanBeBookedAndALostOneCannot() {
        Map<String, HostRecord> hosts =
                Map.of("alive", alive(), "suspect", suspect(), "lost", lost(), "dead", fenced());

        hosts.forEach((name, host) -> {
            Pool pool = host.pools(new OneHost(), null).getFirst();
            assertThat(pool.open()).as(name).isEqualTo(name.equals("alive") || name.equals("suspect"));
            assertThat(pool.silentSince().isPresent()).as(name).isNotEqualTo(name.equals("alive"));
        });
    }

    @Test
    void aPoolThatAHostHasNoMoreIsClosed() {
        // Given
        ParticipantLogic logic = new OneHost();
        HostRecord before = after(protocol.onHeartbeat(null, withPools(1, "vg0", "vg1"), true, NOON));

        // When
        HostDecision decision = protocol.onHeartbeat(before, withPools(2, "vg0"), true, NOON.plusSeconds(5));

        // Then
        assertThat(decision.pools()).isTrue();
        assertThat(after(decision).pools(logic, before))
                .filteredOn(pool -> pool.id().contains("/"))
                .extracting(Pool::id, Pool::open)
                .containsExactly(tuple("tokyo-c01/vg0", true), tuple("tokyo-c01/vg1", false));
    }

    private static HostHeartbeat withPools(long step, String... names) {
        Map<String, Long> pools = Arrays.stream(names).collect(Collectors.toMap(name -> name, name -> 1L));
        Inventory inventory = new Inventory(
                "machine",
                Set.of(HostRole.STORAGE),
                0,
                0,
                pools,
                "",
                0,
                "",
                Map.of(),
                "key",
                Map.of(),
                Map.of(),
                List.of());
        return new HostHeartbeat(HostFixture.HOST, EPOCH, COUNTER + step, NOON, EVERY, inventory, Map.of(), 0);
    }

    private static Instant dueOf(HostRecord host) {
        return Objects.requireNonNull(host.due());
    }

    private static HostHeartbeat later(int leftovers, long step) {
        return heartbeat("machine", COUNTER + step, leftovers);
    }

    /** Books hosts as they are. */
    private static final class OneHost extends Bare {

        OneHost() {
            super(Participant.PLACEMENT);
        }

        @Override
        public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
            return Stream.concat(
                            Stream.of(host.value()),
                            inventory.pools().keySet().stream().sorted().map(name -> host + "/" + name))
                    .map(id -> new Pool(id, Amounts.NONE, null, open, Map.of()))
                    .toList();
        }
    }
}

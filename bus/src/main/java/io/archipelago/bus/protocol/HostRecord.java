package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a participant knows of one host.
 *
 * <pre>
 *    heartbeat           three are missing            silent for long
 *   -----------> ALIVE -------------------> SUSPECT -------------------> LOST
 *                  ^                           |                           |
 *                  '-------- heartbeat --------'--------- heartbeat -------'
 *
 *   dead: LOST and seen cut off from its disks, or declared so; until a heartbeat says that it is clean
 * </pre>
 *
 * @param host which
 * @param epoch of the last heartbeat
 * @param counter of the last heartbeat
 * @param inventory what it has
 * @param every how often it speaks
 * @param heardAt when its last heartbeat was taken
 * @param countedFrom from when its silence counts: later than {@code heardAt} if we could not have heard it meanwhile
 * @param state whether it is heard of
 * @param death since when it is known to run nothing; null: it is not
 * @param second another machine that claims its name; null: none does
 * @param note what operators should know, a sentence; empty: nothing
 * @param due when {@link HostProtocol#onDue} has something to do; null: never
 */
public record HostRecord(
        HostId host,
        long epoch,
        long counter,
        Inventory inventory,
        Duration every,
        Instant heardAt,
        Instant countedFrom,
        State state,
        @Nullable Death death,
        @Nullable Second second,
        String note,
        @Nullable Instant due) {

    /** Whether a host is heard of. */
    public enum State {
        ALIVE,
        /** A few heartbeats are missing. That alone keeps nobody from booking it. */
        SUSPECT,
        /** It has been silent for long: it takes no bookings, and is kept from its disks. */
        LOST
    }

    /**
     * That a host runs nothing any more.
     *
     * @param cause how it is known
     * @param at since when
     * @param by who said it
     * @param ours whether it is for us to repeat it
     */
    public record Death(HostDead.Cause cause, Instant at, String by, boolean ours) {}

    /**
     * A second machine that claims the host's name; what it says is not taken.
     *
     * @param machineId which
     * @param seenAt when it last spoke
     */
    public record Second(String machineId, Instant seenAt) {}

    public boolean dead() {
        return death != null;
    }

    /** Whether it is to be kept from its disks. */
    public boolean lost() {
        return dead() || state == State.LOST;
    }

    /**
     * Its pools, closed while it is lost; those of a silent host bear since when it is silent. Those that it had before and has no more are
     * closed: what is booked of them goes on, and nothing new is put there.
     *
     * @param before what was known of it before; null: nothing
     */
    public List<Pool> pools(ParticipantLogic logic, @Nullable HostRecord before) {
        List<Pool> pools = logic.pools(host, inventory, !lost());
        Set<String> has = pools.stream().map(Pool::id).collect(Collectors.toSet());
        List<Pool> had = before == null ? List.of() : logic.pools(host, before.inventory(), false);
        return Stream.concat(
                        pools.stream(),
                        had.stream().filter(pool -> !has.contains(pool.id())).map(Pool::closed))
                .map(pool -> state == State.ALIVE ? pool : pool.silentSince(heardAt))
                .toList();
    }

    boolean olderThan(long otherEpoch, long otherCounter) {
        return otherEpoch > epoch || otherEpoch == epoch && otherCounter > counter;
    }

    boolean isSameMachine(HostHeartbeat said) {
        return inventory.machineId().equals(said.inventory().machineId());
    }

    /** Whether it reads what was sealed to it up to now. */
    boolean hasSameKey(HostHeartbeat said) {
        return inventory.sealingKey().equals(said.inventory().sealingKey());
    }

    HostRecord in(State next, String nextNote, @Nullable Instant nextDue) {
        return new HostRecord(
                host, epoch, counter, inventory, every, heardAt, countedFrom, next, death, second, nextNote, nextDue);
    }

    HostRecord countedFrom(Instant instant, Instant nextDue) {
        return new HostRecord(
                host, epoch, counter, inventory, every, heardAt, instant, state, death, second, note, nextDue);
    }

    HostRecord seconded(Second other) {
        return new HostRecord(
                host, epoch, counter, inventory, every, heardAt, countedFrom, state, death, other, note, due);
    }

    /** Dead, so that no heartbeat up to the named one revives it. */
    HostRecord died(Death how, long lastEpoch, long lastCounter, String nextNote, @Nullable Instant nextDue) {
        return new HostRecord(
                host,
                lastEpoch,
                lastCounter,
                inventory,
                every,
                heardAt,
                countedFrom,
                State.LOST,
                how,
                second,
                nextNote,
                nextDue);
    }
}

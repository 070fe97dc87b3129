package io.archipelago.bus.protocol;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One participant's part of one allocation.
 *
 * <pre>
 *            hold                confirm              deploy
 *   (none) -------> Held ------------------> Confirmed ------> Deploying
 *      |             |  \                        |                 |
 *      | hold        |   `- runs out -> Refused  |                 |
 *      v             |                     |     |                 |
 *   Refused          |                     |     |                 |
 *      |             |                     |     |                 |
 *      `---release---+----------release----'     |     release     v
 *                    v                           |              Releasing
 *                 Released &lt;---------release-----'                 |
 *                    ^                                             |
 *                    `------- nothing is left on any host ---------'
 * </pre>
 *
 * A new hold (higher sequence) may follow Held, Refused and Released. What is {@link Leased} may be extended, and go on otherwise than before.
 * A part is never forgotten while a late command could revive it.
 */
public sealed interface Part {

    AllocationId allocation();

    /** The highest sequence seen. */
    long sequence();

    /** When {@link ParticipantProtocol#onDue} has something to do; null: never. */
    default @Nullable Instant due() {
        return null;
    }

    /**
     * Booked for a while.
     *
     * @param allocation the allocation
     * @param sequence see {@link Part#sequence()}
     * @param spec what was wanted
     * @param chosen what was chosen
     * @param bookings how many rows book it
     * @param until when it runs out
     * @param offer whether it is held for a counter-offer, and makes way for what somebody has asked for
     */
    record Held(
            AllocationId allocation,
            long sequence,
            AllocationSpec spec,
            Facts.Chosen chosen,
            int bookings,
            Instant until,
            boolean offer)
            implements Part {

        @Override
        public Instant due() {
            return until;
        }

        Confirmed confirm(long next, Facts.OfSite facts, Facts.OfCluster cluster, TimeWindow booked) {
            return new Confirmed(next, new Lease(allocation, spec, facts, cluster, booked), null);
        }

        Refused runOut(Refusal refusal) {
            return new Refused(allocation, sequence, refusal);
        }
    }

    /**
     * Nothing is booked.
     *
     * @param allocation the allocation
     * @param sequence see {@link Part#sequence()}
     * @param refusal why
     */
    record Refused(AllocationId allocation, long sequence, Refusal refusal) implements Part {}

    /** Booked for the whole window, whether that has begun or not. */
    sealed interface Leased extends Part {

        /** What is booked. */
        Lease lease();

        /** What was answered when more was to be booked; null: it has what the lease says. */
        @Nullable
        Extension extension();

        /** The same once it was answered whether more is booked. */
        Leased extended(long next, Extension answer);

        @Override
        default AllocationId allocation() {
            return lease().allocation();
        }
    }

    /**
     * Booked for the whole window, which has not begun.
     *
     * @param sequence see {@link Part#sequence()}
     * @param lease see {@link Leased#lease()}
     * @param extension see {@link Leased#extension()}
     */
    record Confirmed(long sequence, Lease lease, @Nullable Extension extension) implements Leased {

        Confirmed revised(long next, Lease as) {
            return new Confirmed(next, as, null);
        }

        @Override
        public Confirmed extended(long next, Extension answer) {
            return new Confirmed(next, lease, answer);
        }

        Confirmed moved(Facts.Chosen chosen) {
            return new Confirmed(sequence, lease.moved(chosen), extension);
        }

        Deploying deploy(long next, Lease as, Instant checkAt) {
            return new Deploying(next, as, Progress.WAITING, Set.of(), checkAt, null, extension);
        }
    }

    /**
     * The lease has begun: the resources are being made, or stand.
     *
     * @param sequence see {@link Part#sequence()}
     * @param lease see {@link Leased#lease()}
     * @param progress what was last told
     * @param waitingFor whose bookings stand in the way; empty unless WAITING, and then if only the booked time has not begun or a host of it was
     *     never heard of
     * @param checkAt when to look again whether they are gone; null unless WAITING
     * @param tellAt when to tell what has changed since; null: nothing has
     * @param extension see {@link Leased#extension()}
     */
    record Deploying(
            long sequence,
            Lease lease,
            Progress progress,
            Set<AllocationId> waitingFor,
            @Nullable Instant checkAt,
            @Nullable Instant tellAt,
            @Nullable Extension extension)
            implements Leased {

        public Deploying {
            waitingFor = Set.copyOf(waitingFor);
        }

        @Override
        public @Nullable Instant due() {
            return Stream.of(checkAt, tellAt)
                    .filter(Objects::nonNull)
                    .min(Instant::compareTo)
                    .orElse(null);
        }

        Deploying revised(long next, Lease as) {
            return new Deploying(next, as, progress, waitingFor, checkAt, tellAt, null);
        }

        @Override
        public Deploying extended(long next, Extension answer) {
            return new Deploying(next, lease, progress, waitingFor, checkAt, tellAt, answer);
        }

        Deploying told(Progress now) {
            return new Deploying(sequence, lease, now, Set.of(), null, null, extension);
        }

        Deploying tellingAt(Instant instant) {
            return new Deploying(sequence, lease, progress, waitingFor, checkAt, instant, extension);
        }

        Deploying waiting(Set<AllocationId> predecessors, Instant lookAgain) {
            return new Deploying(sequence, lease, Progress.WAITING, predecessors, lookAgain, null, extension);
        }
    }

    /** What was answered when more was to be booked than the lease has. */
    sealed interface Extension {

        /**
         * It is booked, until it is said what is to be.
         *
         * @param spec what it is to have, what the lease has included
         * @param chosen what was chosen for that
         */
        record Granted(AllocationSpec spec, Facts.Chosen chosen) implements Extension {}

        /**
         * It is not.
         *
         * @param refusal why
         */
        record Denied(Refusal refusal) implements Extension {}
    }

    /**
     * The resources are being removed.
     *
     * @param allocation the allocation
     * @param sequence see {@link Part#sequence()}
     */
    record Releasing(AllocationId allocation, long sequence) implements Part {
        Released done() {
            return new Released(allocation, sequence);
        }
    }

    /**
     * Nothing is left, nothing is booked.
     *
     * @param allocation the allocation
     * @param sequence see {@link Part#sequence()}
     */
    record Released(AllocationId allocation, long sequence) implements Part {}
}

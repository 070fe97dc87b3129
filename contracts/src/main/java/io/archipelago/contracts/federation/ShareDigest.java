package io.archipelago.contracts.federation;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a site believes of the shares that it has in common with a peer; sent after a break in the stream and from time to time. What is made
 * of it stands in docs/settlement.md. Its place in the stream counts: it tells what its site believed when it took that place.
 *
 * <p>It is one page: of the reservations in a range it says everything, of others nothing. Every page can be understood without another.
 *
 * @param from the site that speaks
 * @param answer whether it answers a digest; an answer is not answered
 * @param seenEpoch the epoch of the last message that it took from the peer, 0 if none
 * @param seenSequence the sequence of that message
 * @param reusedEpoch an epoch of the peer in which two messages bore one place, which must end; 0 if none
 * @param asMaster all shares in the range that the peer gives to this site's reservations and that are not over
 * @param asWorker all shares in the range that this site gives to the peer's reservations and that are not over; in an answer also every
 *     other share in the range that the peer named
 * @param first the first reservation of the range, null: it has no beginning
 * @param end the first reservation after the range, null: it has no end
 */
public record ShareDigest(
        SiteId from,
        boolean answer,
        long seenEpoch,
        long seenSequence,
        long reusedEpoch,
        List<Entry> asMaster,
        List<Entry> asWorker,
        @Nullable ReservationId first,
        @Nullable ReservationId end)
        implements Message {

    public ShareDigest {
        asMaster = List.copyOf(asMaster);
        asWorker = List.copyOf(asWorker);
    }

    /** What it speaks for. */
    public Range range() {
        return new Range(first, end);
    }

    /**
     * Reservations from one on, up to another, in the order of their ids.
     *
     * @param first null: from the first on
     * @param end not one of them; null: up to the last
     */
    public record Range(
            @Nullable ReservationId first, @Nullable ReservationId end) {

        /** All of them. */
        public static final Range ALL = new Range(null, null);

        public boolean contains(ReservationId id) {
            return (first == null || first.compareTo(id) <= 0) && (end == null || id.compareTo(end) < 0);
        }

        public boolean contains(Entry entry) {
            return contains(entry.allocation().reservation());
        }
    }

    /**
     * One share.
     *
     * @param allocation the share
     * @param sequence of the last command given or taken; 0 if there was none
     * @param stage how far it is
     * @param told {@link ShareMessage.ShareStatus#fingerprint()} of the last status told or heard; 0 if there was none
     */
    public record Entry(AllocationId allocation, long sequence, Stage stage, long told) {}

    /** How far a share is, coarsely enough to compare. */
    public enum Stage {
        /** The site has never heard of it, or has forgotten it. */
        UNKNOWN,
        HOLDING,
        HELD,
        CONFIRMING,
        /** Booked for the whole window; as a master has it, also when it runs. */
        CONFIRMED,
        /** The lease has begun. */
        RUNNING,
        RELEASING,
        RELEASED
    }
}

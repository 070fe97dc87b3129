package io.archipelago.contracts.federation;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Message;
import java.util.List;

/**
 * What a site believes of the shares that it has in common with a peer; sent after a break in the stream and from time to time. What is made
 * of it stands in docs/settlement.md. Its place in the stream counts: it tells what its site believed when it took that place.
 *
 * @param from the site that speaks
 * @param answer whether it answers a digest; an answer is not answered
 * @param seenEpoch the epoch of the last message that it took from the peer, 0 if none
 * @param seenSequence the sequence of that message
 * @param reusedEpoch an epoch of the peer in which two messages bore one place, which must end; 0 if none
 * @param asMaster all shares that the peer gives to this site's reservations and that are not over
 * @param asWorker all shares that this site gives to the peer's reservations and that are not over; in an answer also every other share
 *     that the peer named
 */
public record ShareDigest(
        SiteId from,
        boolean answer,
        long seenEpoch,
        long seenSequence,
        long reusedEpoch,
        List<Entry> asMaster,
        List<Entry> asWorker)
        implements Message {

    public ShareDigest {
        asMaster = List.copyOf(asMaster);
        asWorker = List.copyOf(asWorker);
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

package io.archipelago.contracts.federation;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Message;
import java.util.List;

/**
 * What a site believes of the shares that it has in common with a peer; sent after a break in the stream and from time to time.
 *
 * @param from the site that speaks
 * @param seenEpoch the epoch of the last message that it took from the peer, 0 if none
 * @param seenSequence the sequence of that message
 * @param asMaster shares that the peer gives to this site's reservations
 * @param asWorker shares that this site gives to the peer's reservations
 */
public record ShareDigest(SiteId from, long seenEpoch, long seenSequence, List<Entry> asMaster, List<Entry> asWorker)
        implements Message {

    public ShareDigest {
        asMaster = List.copyOf(asMaster);
        asWorker = List.copyOf(asWorker);
    }

    /**
     * One share.
     *
     * @param allocation the share
     * @param sequence of the last command given or taken
     * @param stage how far it is
     */
    public record Entry(AllocationId allocation, long sequence, Stage stage) {}

    /** How far a share is, coarsely enough to compare. */
    public enum Stage {
        HOLDING,
        HELD,
        CONFIRMED,
        RELEASING,
        RELEASED
    }
}

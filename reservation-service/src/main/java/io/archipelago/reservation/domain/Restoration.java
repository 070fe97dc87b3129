package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.StreamPosition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a site notices that its database was set back to an earlier state, and what it goes on with; see docs/settlement.md. */
public final class Restoration {

    /** More than a share is ever told within the second that an epoch is at least long. */
    private static final long COMMANDS_PER_EPOCH = 1_000;

    private Restoration() {}

    /**
     * Whether a stream has gone on beyond what the database of its writer remembers.
     *
     * @param remembered the last place that the writer's database gave; null: none
     * @param found the last place that stands in the topic; null: it is empty
     */
    public static boolean shownBy(@Nullable StreamPosition remembered, @Nullable StreamPosition found) {
        return found != null && (remembered == null || before(remembered, found.epoch(), found.sequence()));
    }

    /** Whether a peer has taken what this site does not remember to have said, or two messages with one place. */
    public static boolean shownBy(@Nullable StreamPosition remembered, ShareDigest digest) {
        if (remembered == null) {
            return digest.seenEpoch() > 0;
        }
        return digest.reusedEpoch() == remembered.epoch()
                || before(remembered, digest.seenEpoch(), digest.seenSequence());
    }

    /** The lowest sequence of what participants are told from then on: above all that they may have been told before. */
    public static long floor(long epoch) {
        return epoch * COMMANDS_PER_EPOCH;
    }

    /** What stands for the specification of a share that is given back unseen. */
    static AllocationSpec forgotten(SiteId master, Instant now) {
        return new AllocationSpec(
                new TenantId("unknown"),
                "unknown",
                1,
                master,
                List.of(),
                new TimeWindow(now, now.plusSeconds(1)),
                List.of(),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("unknown", List.of()));
    }

    private static boolean before(StreamPosition remembered, long epoch, long sequence) {
        return epoch > remembered.epoch() || epoch == remembered.epoch() && sequence > remembered.sequence();
    }
}

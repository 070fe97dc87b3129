package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the master knows of one site's share.
 *
 * @param id the allocation
 * @param spec what is asked of the site
 * @param sequence of the last command given
 * @param stage how far it is, as far as is known here
 * @param facts what the site chose; null until it holds
 * @param progress how far deploying is; null before
 * @param resources what was last told of its resources
 * @param refusals why it refused, if it did
 * @param asked how many times the last command was given
 * @param askAgainAt when to give it again; null: it was answered
 */
public record Share(
        AllocationId id,
        AllocationSpec spec,
        long sequence,
        Stage stage,
        Facts.@Nullable Shared facts,
        @Nullable Progress progress,
        List<ResourceStatus> resources,
        List<Refusal> refusals,
        int asked,
        @Nullable Instant askAgainAt) {

    public Share {
        resources = List.copyOf(resources);
        refusals = List.copyOf(refusals);
    }

    /** How far a share is. */
    public enum Stage {
        HOLDING,
        HELD,
        CONFIRMING,
        CONFIRMED,
        RELEASING,
        REFUSED,
        RELEASED;

        /** Whether the site may still have something booked. */
        public boolean open() {
            return this != REFUSED && this != RELEASED;
        }
    }

    public SiteId site() {
        return id.site();
    }

    static Share hold(AllocationId id, AllocationSpec spec, long sequence, Instant askAgainAt) {
        return new Share(id, spec, sequence, Stage.HOLDING, null, null, List.of(), List.of(), 1, askAgainAt);
    }

    Share held(Facts.Shared chosen) {
        return new Share(id, spec, sequence, Stage.HELD, chosen, null, List.of(), List.of(), 0, null);
    }

    Share confirming(Instant again) {
        return new Share(id, spec, sequence + 1, Stage.CONFIRMING, facts, null, List.of(), List.of(), 1, again);
    }

    Share confirmed() {
        return new Share(id, spec, sequence, Stage.CONFIRMED, facts, progress, resources, List.of(), 0, null);
    }

    Share running(Progress now, List<ResourceStatus> of) {
        return new Share(id, spec, sequence, Stage.CONFIRMED, facts, now, of, List.of(), 0, null);
    }

    Share refused(List<Refusal> why) {
        return new Share(id, spec, sequence, Stage.REFUSED, facts, null, List.of(), why, 0, null);
    }

    Share releasing(Instant again) {
        return new Share(
                id, spec, sequence + 1, Stage.RELEASING, facts, Progress.RELEASING, resources, refusals, 1, again);
    }

    Share released() {
        return new Share(id, spec, sequence, Stage.RELEASED, facts, null, List.of(), refusals, 0, null);
    }

    Share askedAgain(Instant again) {
        return new Share(id, spec, sequence, stage, facts, progress, resources, refusals, asked + 1, again);
    }

    /** The last command, to be given or given again. */
    ShareMessage command(Facts.@Nullable OfCluster cluster, Duration holdFor) {
        return switch (stage) {
            case HOLDING, HELD, REFUSED -> new HoldShare(id, sequence, spec, holdFor);
            case CONFIRMING, CONFIRMED ->
                new ConfirmShare(
                        id, sequence, Objects.requireNonNull(cluster, "a share is confirmed with the cluster's facts"));
            case RELEASING, RELEASED -> new ReleaseShare(id, sequence);
        };
    }
}

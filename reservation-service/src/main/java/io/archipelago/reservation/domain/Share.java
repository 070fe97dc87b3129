package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ReviseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
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
 * @param resources what was last told of its resources; while it is released: what is left
 * @param waitingFor what it waits for, in words; null: for nothing
 * @param refusals why it refused, if it did
 * @param asked how many times the last command was given
 * @param askAgainAt when to give it again; null: it was answered
 * @param revised what it is to be instead, if it is asked for; null: nothing is
 */
public record Share(
        AllocationId id,
        AllocationSpec spec,
        long sequence,
        Stage stage,
        Facts.@Nullable Shared facts,
        @Nullable Progress progress,
        List<ResourceStatus> resources,
        @Nullable String waitingFor,
        List<Refusal> refusals,
        int asked,
        @Nullable Instant askAgainAt,
        @Nullable Revised revised) {

    /**
     * What a share that is confirmed is to be instead.
     *
     * @param spec what is asked of its site
     * @param held whether the site holds it
     */
    public record Revised(AllocationSpec spec, boolean held) {}

    /** Of which nothing else is asked than its last command. */
    public Share(
            AllocationId id,
            AllocationSpec spec,
            long sequence,
            Stage stage,
            Facts.@Nullable Shared facts,
            @Nullable Progress progress,
            List<ResourceStatus> resources,
            @Nullable String waitingFor,
            List<Refusal> refusals,
            int asked,
            @Nullable Instant askAgainAt) {
        this(id, spec, sequence, stage, facts, progress, resources, waitingFor, refusals, asked, askAgainAt, null);
    }

    public Share {
        resources = List.copyOf(resources);
        refusals = List.copyOf(refusals);
    }

    /** How far a share is. */
    public enum Stage {
        HOLDING,
        HELD,
        /** Its site was only asked, and would hold it. */
        PROBED,
        CONFIRMING,
        CONFIRMED,
        /** It was confirmed, and its site no longer knows of it. */
        LOST,
        RELEASING,
        REFUSED,
        RELEASED;

        /** Whether the site may still have something booked. */
        public boolean open() {
            return this != REFUSED && this != RELEASED && this != PROBED;
        }

        /** Whether the site's word that it is confirmed, or how far it is, means something. */
        boolean confirmable() {
            return this == CONFIRMING || this == CONFIRMED || this == LOST;
        }
    }

    public SiteId site() {
        return id.site();
    }

    /** Whether its site has begun the lease: something of it may stand on hosts. */
    boolean begun() {
        return stage == Stage.CONFIRMED && progress != null;
    }

    static Share hold(AllocationId id, AllocationSpec spec, long sequence, Instant askAgainAt) {
        return new Share(id, spec, sequence, Stage.HOLDING, null, null, List.of(), null, List.of(), 1, askAgainAt);
    }

    /** It gives the machines that it was asked for, whatever it says. */
    Share held(Facts.Shared said, HoldPurpose purpose) {
        Facts.Shared chosen = giving(said, spec.groups());
        Stage next = purpose == HoldPurpose.PROBE ? Stage.PROBED : Stage.HELD;
        return new Share(id, spec, sequence, next, chosen, null, List.of(), null, List.of(), 0, null);
    }

    Share confirming(Instant again) {
        return new Share(id, spec, sequence + 1, Stage.CONFIRMING, facts, null, List.of(), null, List.of(), 1, again);
    }

    Share confirmed() {
        return new Share(
                id,
                spec,
                sequence,
                Stage.CONFIRMED,
                facts,
                progress,
                resources,
                waitingFor,
                List.of(),
                isAsked() ? asked : 0,
                isAsked() ? askAgainAt : null,
                revised);
    }

    /** Its site is asked whether it can be otherwise. */
    Share revising(AllocationSpec wanted, Instant again) {
        return new Share(
                id,
                spec,
                sequence + 1,
                stage,
                facts,
                progress,
                resources,
                waitingFor,
                refusals,
                1,
                again,
                new Revised(wanted, false));
    }

    /** Its site holds what it is to be. */
    Share revisable() {
        Revised asked = Objects.requireNonNull(revised, "it was asked for");
        return new Share(
                id,
                spec,
                sequence,
                stage,
                facts,
                progress,
                resources,
                waitingFor,
                refusals,
                0,
                null,
                new Revised(asked.spec, true));
    }

    /** It is what its site holds from now on, which is told; or as it was, if nothing else is asked for. */
    Share agreed(Instant again) {
        AllocationSpec now = revised == null ? spec : revised.spec;
        // Only its machines may change: the rest was agreed on when it held.
        Facts.Shared given = facts == null ? null : giving(facts, now.groups());
        // What its site has said of fewer machines is no word on these.
        Progress known = grows() && progress == Progress.READY ? Progress.DEPLOYING : progress;
        return new Share(id, now, sequence + 1, stage, given, known, resources, waitingFor, refusals, 1, again, null);
    }

    /** Whether it is to have machines that it has not. */
    boolean grows() {
        return revised != null && !spec.ordinals().containsAll(revised.spec.ordinals());
    }

    /** It stays what it was. */
    Share unrevised() {
        return new Share(
                id, spec, sequence, stage, facts, progress, resources, waitingFor, refusals, asked, askAgainAt, null);
    }

    /** Whether its site has yet to say that it is confirmed. */
    boolean awaitsConfirmation() {
        return askAgainAt != null && stage.confirmable() && !isAsked();
    }

    /** Whether its site has yet to say whether it can be otherwise. */
    boolean isAsked() {
        return revised != null && !revised.held;
    }

    /**
     * Whether a site says that it gives what it was asked for, but for machines that took the place of others: nothing else goes to the
     * gateways of other sites.
     */
    private boolean isAskedFor(Facts.Shared given) {
        ClusterAddressing addressing = ClusterAddressing.of(spec.network(), id.reservation());
        return given.groups().size() == spec.groups().size()
                && IntStream.range(0, spec.groups().size())
                        .allMatch(
                                i -> given.groups().get(i).isLike(spec.groups().get(i)))
                && given.groups().stream().allMatch(addressing::names);
    }

    private static Facts.Shared giving(Facts.Shared site, List<MachineGroup> groups) {
        return new Facts.Shared(site.site(), site.siteNumber(), groups, site.vlan(), site.endpoint(), site.mtu());
    }

    /** Of what a site says of itself only its machines may change: the rest was agreed on when it held. */
    Share running(ShareStatus now) {
        Facts.Shared given = facts == null || now.facts() == null || !isAskedFor(now.facts())
                ? facts
                : giving(facts, now.facts().groups());
        return new Share(
                id,
                given == null ? spec : spec.with(given.groups()),
                sequence,
                Stage.CONFIRMED,
                given,
                now.progress(),
                now.resources(),
                now.waitingFor(),
                List.of(),
                isAsked() ? asked : 0,
                isAsked() ? askAgainAt : null,
                revised);
    }

    Share refused(List<Refusal> why) {
        return new Share(id, spec, sequence, Stage.REFUSED, facts, null, List.of(), null, why, 0, null);
    }

    Share releasing(Instant again) {
        return new Share(
                id,
                spec,
                sequence + 1,
                Stage.RELEASING,
                facts,
                Progress.RELEASING,
                resources,
                null,
                refusals,
                1,
                again);
    }

    /** The site has told what is left of it; it is asked again as before. */
    Share leaving(List<ResourceStatus> left) {
        return new Share(
                id,
                spec,
                sequence,
                Stage.RELEASING,
                facts,
                Progress.RELEASING,
                left,
                null,
                refusals,
                asked,
                askAgainAt);
    }

    /** @param why what its site says; empty if it only does not know it any more */
    Share lost(List<Refusal> why) {
        return new Share(id, spec, sequence, Stage.LOST, facts, null, List.of(), null, why, 0, null);
    }

    /** The last command is to be given under a sequence above one that the site has heard; a hold begins anew. */
    Share above(long heard, Instant again) {
        Stage next = stage == Stage.HELD ? Stage.HOLDING : stage;
        return new Share(
                id, spec, heard + 1, next, facts, progress, resources, waitingFor, refusals, 1, again, revised);
    }

    /** There is no use in giving the last command again as it was, nor in asking now: when its site is back it takes another. */
    Share outdated() {
        return new Share(id, spec, sequence + 1, stage, facts, progress, resources, waitingFor, refusals, 0, null);
    }

    /** The fingerprint of the last status heard; 0 if there was none. */
    long heard() {
        return progress == null || stage != Stage.CONFIRMED
                ? 0
                : new ShareStatus(id, sequence, progress, resources, waitingFor, facts).fingerprint();
    }

    Share released() {
        return new Share(id, spec, sequence, Stage.RELEASED, facts, null, List.of(), null, refusals, 0, null);
    }

    Share askedAgain(Instant again) {
        return new Share(
                id, spec, sequence, stage, facts, progress, resources, waitingFor, refusals, asked + 1, again, revised);
    }

    /**
     * The last command, to be given or given again.
     *
     * @param purpose for what it is to be held
     */
    ShareMessage command(Facts.@Nullable OfCluster cluster, Duration holdFor, HoldPurpose purpose) {
        return switch (stage) {
            case HOLDING, HELD, PROBED, REFUSED -> new HoldShare(id, sequence, spec, holdFor, purpose);
            case CONFIRMING, CONFIRMED, LOST ->
                isAsked() && revised != null
                        ? new ReviseShare(id, sequence, revised.spec.window(), revised.spec.groups())
                        : new ConfirmShare(
                                id,
                                sequence,
                                Objects.requireNonNull(cluster, "a share is confirmed with the cluster's facts"),
                                spec.window());
            case RELEASING, RELEASED -> new ReleaseShare(id, sequence);
        };
    }
}

package io.archipelago.contracts.federation;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.Facts.Shared;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What the master of a reservation and the sites that give its shares say to each other. The sequence works as in
 * {@link io.archipelago.contracts.allocation.AllocationCommand}: lower is ignored, equal is answered again, higher is new.
 */
public sealed interface ShareMessage extends Message {

    AllocationId allocation();

    long sequence();

    /** From the master. */
    sealed interface Command extends ShareMessage {}

    /** From the site that gives the share. */
    sealed interface Answer extends ShareMessage {}

    /**
     * Hold a share.
     *
     * @param allocation the share
     * @param sequence see {@link ShareMessage}
     * @param spec what is wanted
     * @param holdFor how long the hold lasts from when it is granted, by the giver's clock
     * @param offer whether it is held for a counter-offer, which a tenant has time to think of; null: it is not
     * @param probe whether nothing is to be held, and the answer is the last word about it; null: it is
     */
    record HoldShare(
            AllocationId allocation,
            long sequence,
            AllocationSpec spec,
            Duration holdFor,
            @Nullable Boolean offer,
            @Nullable Boolean probe)
            implements Command {

        /** For a purpose. */
        public HoldShare(
                AllocationId allocation, long sequence, AllocationSpec spec, Duration holdFor, HoldPurpose purpose) {
            this(allocation, sequence, spec, holdFor, purpose.asOffer(), purpose.asProbe());
        }

        /** For what was asked for. */
        public HoldShare(AllocationId allocation, long sequence, AllocationSpec spec, Duration holdFor) {
            this(allocation, sequence, spec, holdFor, HoldPurpose.FIRM);
        }

        /** For what it is to be held. */
        public HoldPurpose heldFor() {
            return HoldPurpose.of(offer, probe);
        }
    }

    /**
     * The share is held; or, of a lease, that it can be as was asked.
     *
     * @param allocation the share
     * @param sequence of the command answered
     * @param until when the hold runs out, by the giver's clock; after a probe nothing is held until then; of a lease its end
     * @param facts what the other sites need to know of it
     */
    record ShareHeld(AllocationId allocation, long sequence, Instant until, Facts.Shared facts) implements Answer {}

    /**
     * The share is not held: it does not fit, or the hold ran out ({@code HOLD_EXPIRED}).
     *
     * @param allocation the share
     * @param sequence of the command answered
     * @param refusals why
     */
    record ShareRefused(AllocationId allocation, long sequence, List<Refusal> refusals) implements Answer {
        public ShareRefused {
            refusals = List.copyOf(refusals);
        }
    }

    /**
     * Turn the hold into a lease; if it is one, go on with what is now known of the other sites. A lease that is held otherwise, see {@link ReviseShare},
     * is like that from now on if this says the same of its window and machines, and else stays as it is.
     *
     * @param allocation the share
     * @param sequence see {@link ShareMessage}
     * @param cluster everything to know of all sites
     * @param window when the tenant may use the machines; null: as it was agreed on when it was held
     */
    record ConfirmShare(
            AllocationId allocation,
            long sequence,
            Facts.OfCluster cluster,
            @Nullable TimeWindow window) implements Command {

        /** Of the window that was held. */
        public ConfirmShare(AllocationId allocation, long sequence, Facts.OfCluster cluster) {
            this(allocation, sequence, cluster, null);
        }
    }

    /**
     * Hold what a lease is to have beside what it has: other machines, another window, or both. It goes on as it is until {@link ConfirmShare} says what
     * is to be. Such a hold does not run out: it belongs to a lease, and ends with it at the latest.
     *
     * @param allocation the share
     * @param sequence see {@link ShareMessage}
     * @param window when the tenant may use the machines
     * @param groups the machines; of those that it has, a group has other ordinals than these only if they are retired
     */
    record ReviseShare(AllocationId allocation, long sequence, TimeWindow window, List<MachineGroup> groups)
            implements Command {
        public ReviseShare {
            groups = List.copyOf(groups);
        }
    }

    /**
     * The share is booked; the site will start and end it by its own clock.
     *
     * @param allocation the share
     * @param sequence of the command answered
     */
    record ShareConfirmed(AllocationId allocation, long sequence) implements Answer {}

    /**
     * How far a confirmed share is.
     *
     * @param allocation the share
     * @param sequence of the last command taken
     * @param progress of the share as a whole
     * @param resources of all participants
     * @param waitingFor if a participant may not begin, whatever the progress of the others: a sentence that says for what it waits; else null
     * @param facts what the other sites need to know of the share as it is now; null once it is given back
     */
    record ShareStatus(
            AllocationId allocation,
            long sequence,
            Progress progress,
            List<ResourceStatus> resources,
            @Nullable String waitingFor,
            @Nullable Shared facts)
            implements Answer {
        public ShareStatus {
            resources = List.copyOf(resources);
        }

        /** Tells whether two sites know the same: equal for equal progress, waiting, facts, and resources in whatever order; never 0. */
        public long fingerprint() {
            CRC32 crc = new CRC32();
            crc.update(progress.name().getBytes(StandardCharsets.UTF_8));
            resources.stream()
                    .map(ResourceStatus::toString)
                    .sorted()
                    .forEach(text -> crc.update(text.getBytes(StandardCharsets.UTF_8)));
            if (waitingFor != null) {
                crc.update(waitingFor.getBytes(StandardCharsets.UTF_8));
            }
            if (facts != null) {
                crc.update(facts.toString().getBytes(StandardCharsets.UTF_8));
            }
            return crc.getValue() + 1;
        }
    }

    /**
     * Give the share back, whatever its state.
     *
     * @param allocation the share
     * @param sequence see {@link ShareMessage}
     */
    record ReleaseShare(AllocationId allocation, long sequence) implements Command {}

    /**
     * Nothing of the share is left.
     *
     * @param allocation the share
     * @param sequence of the last command taken
     */
    record ShareReleased(AllocationId allocation, long sequence) implements Answer {}
}

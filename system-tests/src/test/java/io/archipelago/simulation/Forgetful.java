package io.archipelago.simulation;

import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.host.Phase;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Share;
import java.time.Instant;
import java.util.Objects;

/** What is not so, for mutations. */
final class Forgetful {

    private Forgetful() {}

    /** For {@link Mutation#FENCED_UNSEEN}: the resource as if it had been seen as it should be. */
    static Resource ready(Resource r) {
        return new Resource(
                r.host(),
                r.key(),
                r.name(),
                r.generation(),
                r.absent(),
                r.notAfter(),
                r.spec(),
                Phase.READY,
                "",
                r.cleared(),
                r.epoch(),
                r.counter());
    }

    /** For {@link Mutation#NEWS_NOT_SPREAD}: the status without what the other sites need to know. */
    static ShareStatus facts(ShareStatus s) {
        return new ShareStatus(s.allocation(), s.sequence(), s.progress(), s.resources(), s.waitingFor(), null);
    }

    /** For {@link Mutation#PROBE_BOOKS}: the command as if it were in earnest. */
    static HoldAllocation purpose(HoldAllocation hold) {
        return new HoldAllocation(
                hold.allocation(), hold.sequence(), hold.addressees(), hold.spec(), hold.facts(), hold.holdFor());
    }

    /** For {@link Mutation#CHANGE_AGREED_ALONE}: what a site says that holds what it is asked for. */
    static ShareHeld refusal(ShareRefused refused, Reservation cluster) {
        Share share =
                Objects.requireNonNull(cluster.shares().get(refused.allocation().site()));
        return new ShareHeld(
                refused.allocation(), refused.sequence(), Instant.MAX, Objects.requireNonNull(share.facts()));
    }

    /** For {@link Mutation#SEQUENCE_FORGOTTEN}: the part as if no command had been seen. */
    static Part sequence(Part part) {
        return switch (part) {
            case Part.Held p ->
                new Part.Held(p.allocation(), 0, p.spec(), p.chosen(), p.bookings(), p.until(), p.offer());
            case Part.Refused p -> new Part.Refused(p.allocation(), 0, p.refusal());
            case Part.Confirmed p -> new Part.Confirmed(0, p.lease(), p.extension());
            case Part.Deploying p ->
                new Part.Deploying(0, p.lease(), p.progress(), p.waitingFor(), p.checkAt(), p.tellAt(), p.extension());
            case Part.Releasing p -> new Part.Releasing(p.allocation(), 0);
            case Part.Released p -> new Part.Released(p.allocation(), 0);
        };
    }
}

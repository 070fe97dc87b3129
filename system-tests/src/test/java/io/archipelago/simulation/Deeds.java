package io.archipelago.simulation;

import io.archipelago.bus.protocol.Part;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Change;
import io.archipelago.reservation.domain.Clustered;
import io.archipelago.reservation.domain.Leased;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Revision;
import io.archipelago.reservation.domain.Share;
import org.jspecify.annotations.Nullable;

/** Recognises the deeds of reservations. */
final class Deeds {

    private final World world;

    Deeds(World world) {
        this.world = world;
    }

    void reservation(@Nullable Reservation before, Reservation after) {
        boolean scheduled = after instanceof Clustered.Scheduled || after instanceof Clustered.Running;
        if (scheduled && before instanceof Reservation.Held held) {
            world.did(Deed.SCHEDULED);
            if (held.attempt().number() > 1) {
                world.did(Deed.SCHEDULED_AT_A_LATER_ATTEMPT);
            }
            if (held.cluster().sites().size() == 3) {
                world.did(Deed.SCHEDULED_OVER_THREE_SITES);
            }
        }
        if (before instanceof Reservation.Held && !scheduled && !(after instanceof Reservation.Held)) {
            for (Share share : before.shares().values()) {
                Allocation allocation =
                        world.site(share.site()).reservation().allocations().get(share.id());
                if (allocation instanceof Leased.Confirmed || allocation instanceof Leased.Running) {
                    world.did(Deed.GIVEN_UP_WHILE_CONFIRMED);
                }
            }
        }
        if (after instanceof Reservation.Offered && !(before instanceof Reservation.Offered)) {
            world.did(Deed.OFFER_HELD);
        }
        if (before instanceof Reservation.Offered offered && after instanceof Reservation.Releasing) {
            world.did(Deed.OFFER_GIVEN_BACK);
        }
        if (after instanceof Clustered cluster
                && cluster.change() instanceof Change.Refused refused
                && !(before instanceof Clustered was && refused.equals(was.change()))) {
            world.did(Deed.CHANGE_REFUSED);
        }
        switch (after.state()) {
            case ACTIVE -> world.did(Deed.ACTIVE);
            case DEGRADED -> world.did(Deed.DEGRADED);
            case REFUSED -> world.did(after.details().preview() ? Deed.PREVIEW_REFUSED : Deed.REFUSED);
            case FITS -> world.did(Deed.PREVIEW_FITS);
            case CANCELLED -> world.did(Deed.CANCELLED);
            case ENDED -> world.did(Deed.ENDED);
            case REQUESTED, HELD, SCHEDULED, DEPLOYING, RELEASING -> {}
        }
    }

    void running(Leased.Running before, Leased.Running after) {
        boolean goesOnOtherwise = !after.header().spec().equals(before.header().spec());
        if (goesOnOtherwise && before.revision() instanceof Revision.Replacing) {
            world.did(Deed.REPLACED);
        }
        if (after.revision() instanceof Revision.Planned planned && planned.because() != null) {
            world.did(Deed.NOT_REPLACED);
        }
    }

    void refused(@Nullable Part before, Part.Refused refused) {
        if (before instanceof Part.Held && refused.refusal().code() == ErrorCode.HOLD_EXPIRED) {
            world.did(Deed.HOLD_RAN_OUT);
        }
        if (refused.refusal().holdsOnlyUntil() != null) {
            world.did(Deed.REFUSED_FOR_HOLDS);
        }
    }
}

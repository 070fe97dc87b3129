package io.archipelago.reservation.domain;

import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.reservation.domain.Allocation.Confirming;
import io.archipelago.reservation.domain.Leased.Confirmed;
import io.archipelago.reservation.domain.Leased.Running;
import io.archipelago.reservation.domain.Revision.Extending;
import io.archipelago.reservation.domain.Revision.Extension;
import io.archipelago.reservation.domain.Revision.Granted;
import java.time.Instant;
import java.util.Optional;

/**
 * How a share learns that a participant has found another place for what it has, before it began: those that deploy are told where it is. Names and
 * addresses are what they were, so nobody outside of the site need know.
 */
final class Relocations {

    private final Pace pace;

    Relocations(Pace pace) {
        this.pace = pace;
    }

    /** Takes what a participant says; it holds whatever it was told last. */
    Optional<Decision<Allocation>> take(Allocation allocation, AllocationMoved moved, Instant now) {
        Facts.Chosen chosen = moved.chosen();
        return switch (allocation) {
            case Confirming confirming ->
                confirming.facts().knows(chosen)
                        ? Optional.empty()
                        : Optional.of(
                                Decision.of(confirming.with(confirming.facts().with(chosen))));
            case Leased lease when lease.facts().knows(chosen) -> Optional.empty();
            case Confirmed confirmed -> Optional.of(Decision.of(with(confirmed, chosen)));
            // It has begun there: who says so was set back to before that.
            case Running running when running.parts().containsKey(moved.participant()) -> Optional.empty();
            case Running running -> Optional.of(deploy(running, chosen, now));
            case Allocation.Holding holding -> Optional.empty();
            case Allocation.Held held -> Optional.empty();
            case Allocation.Releasing releasing -> Optional.empty();
            case Allocation.Released released -> Optional.empty();
            case Allocation.Forgotten forgotten -> Optional.empty();
        };
    }

    /** It was told to deploy before it was known where: it is told again. */
    private Decision<Allocation> deploy(Running running, Facts.Chosen chosen, Instant now) {
        Leased moved = with(running, chosen);
        if (moved.revision() instanceof Extending) {
            return Decision.of(moved);
        }
        Leased told = moved.told(running.header().next(), now.plus(pace.again(1)));
        return Decision.of(told, AllocationMessages.goOn(told));
    }

    private static Leased with(Leased lease, Facts.Chosen chosen) {
        Leased moved = lease.with(lease.facts().with(chosen), lease.cluster());
        return switch (lease.revision()) {
            case Extending extending -> {
                Extension extension = extending.extension();
                yield moved.revised(extending.with(new Extension(
                        extension.spec(), extension.facts().with(chosen), extension.held(), extension.giveUpAt())));
            }
            case Granted granted ->
                moved.revised(new Granted(granted.spec(), granted.facts().with(chosen), granted.booked()));
            case null, default -> moved;
        };
    }
}

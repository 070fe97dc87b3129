package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.reservation.domain.Allocation.Confirming;
import io.archipelago.reservation.domain.Allocation.Forgotten;
import io.archipelago.reservation.domain.Allocation.Held;
import io.archipelago.reservation.domain.Allocation.Holding;
import io.archipelago.reservation.domain.Allocation.Released;
import io.archipelago.reservation.domain.Allocation.Releasing;
import io.archipelago.reservation.domain.Leased.Confirmed;
import io.archipelago.reservation.domain.Leased.Running;
import java.time.Instant;
import java.util.List;

/** The moves of an {@link Allocation} after the database was set back: the participants may know more of it than is remembered here. */
public final class RestoredMoves {

    private final Pace pace;

    public RestoredMoves(Pace pace) {
        this.pace = pace;
    }

    /**
     * Takes the news that the database was set back. A lease goes on; what was not confirmed, or was over, is forgotten, since it may be more by
     * now.
     *
     * @param floor {@link Restoration#floor}
     */
    public Decision<Allocation> onRestored(Allocation allocation, long floor, Instant now) {
        Header above = allocation.header().above(floor);
        Instant again = now.plus(pace.again(1));
        return switch (allocation) {
            case Confirmed confirmed -> {
                Confirmed anew = confirmed.told(above, again).revised(null);
                yield Decision.of(anew, AllocationMessages.goOn(anew));
            }
            case Running running -> {
                Running anew = Running.begin(above, running.facts(), running.cluster(), again);
                yield Decision.of(anew, AllocationMessages.deploy(anew));
            }
            case Releasing releasing ->
                Decision.of(
                        Releasing.begin(above, releasing.refusals(), releasing.deployed(), again),
                        AllocationMessages.release(above));
            case Holding holding when holding.probes() -> Decision.of(new Released(above, List.of(), true));
            case Holding holding -> Decision.of(new Forgotten(above));
            case Held held -> Decision.of(new Forgotten(above));
            case Confirming confirming -> Decision.of(new Forgotten(above));
            case Released released
            when released.probed() -> Decision.of(new Released(above, released.refusals(), true));
            case Released released -> Decision.of(new Forgotten(above));
            case Forgotten forgotten -> Decision.of(new Forgotten(above));
        };
    }

    /** A participant has in use what it is to hold: what was read again was done before the database was set back. It stays. */
    Decision<Allocation> leaveInUse(Holding holding) {
        Refusal why = Refusal.of(ErrorCode.CONFLICT, "machines", "the share is in use");
        return Decision.of(new Forgotten(holding.header()), AllocationMessages.refused(holding.header(), List.of(why)));
    }

    /** A participant took another command under the number of the release: the release is told again, above it. */
    Decision<Allocation> goOnAbove(Releasing releasing, Instant now) {
        Header next = releasing.header().next();
        return Decision.of(
                Releasing.begin(next, releasing.refusals(), releasing.deployed(), now.plus(pace.again(1))),
                AllocationMessages.release(next));
    }

    /** Has the participants give back whatever they have of a share of which there is no record. */
    public Decision<Allocation> giveBack(AllocationId id, SiteId master, long sequence, long floor, Instant now) {
        Header header = new Header(id, Restoration.forgotten(master, now), sequence, Math.max(1, floor));
        return Decision.of(
                Releasing.begin(header, List.of(), true, now.plus(pace.again(1))), AllocationMessages.release(header));
    }
}

package io.archipelago.reservation.domain;

import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a participant's part of an {@link Allocation} is.
 *
 * @param progress of the part
 * @param resources its resources
 * @param lost the names of machines whose hosts are dead
 */
public record PartStatus(Progress progress, List<ResourceStatus> resources, List<String> lost) {
    public PartStatus {
        resources = List.copyOf(resources);
        lost = List.copyOf(lost);
    }

    /**
     * Of a participant that will not do what it was told.
     *
     * @param before what it said before; null: nothing
     */
    static PartStatus refusing(AllocationRefused refused, @Nullable PartStatus before) {
        ResourceKind kind = switch (refused.participant()) {
            case PLACEMENT -> ResourceKind.MACHINE;
            case NETWORK -> ResourceKind.SEGMENT;
            case STORAGE -> ResourceKind.VOLUME;
            case CACHE -> ResourceKind.CACHE;
        };
        String site = refused.allocation().site().value();
        return new PartStatus(
                Progress.DEGRADED,
                List.of(new ResourceStatus(
                        kind, site, Phase.FAILED, refused.refusal().detail(), null)),
                before == null ? List.of() : before.lost());
    }
}

package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Calendar;
import io.archipelago.contracts.Ids.HostId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a decision about one part is taken from; read in the transaction that writes the decision, the part's row locked first, the pools'
 * rows after it.
 *
 * @param part the part; null if nothing was heard of the allocation before
 * @param calendar what is booked; only as far as {@link ParticipantProtocol#books} asks for it, else of no pool
 * @param resources everything ever wanted on hosts for the allocation
 * @param dead hosts that are known to run nothing any more
 */
public record PartView(@Nullable Part part, Calendar calendar, List<Resource> resources, Set<HostId> dead) {

    public PartView {
        resources = List.copyOf(resources);
        dead = Set.copyOf(dead);
    }

    /** Whether nothing is left of a resource: it was seen to be gone, or its host is dead. */
    public boolean gone(Resource resource) {
        return resource.gone() || dead.contains(resource.host());
    }
}

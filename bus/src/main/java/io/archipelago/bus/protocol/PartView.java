package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Calendar;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a decision about one part is taken from; read in the transaction that writes the decision, the part's row locked first, the pools'
 * rows after it.
 *
 * @param part the part; null if nothing was heard of the allocation before
 * @param calendar what is booked; only as far as {@link ParticipantProtocol#books} asks for it, else of no pool
 * @param resources everything ever wanted on hosts for the allocation
 * @param down the hosts of the site that are not as they should be
 */
public record PartView(@Nullable Part part, Calendar calendar, List<Resource> resources, HostsDown down) {

    public PartView {
        resources = List.copyOf(resources);
    }

    /** The same with other resources. */
    PartView with(List<Resource> others) {
        return new PartView(part, calendar, others, down);
    }

    /** Whether nothing is left of a resource: it was seen to be gone, or its host is dead. */
    public boolean gone(Resource resource) {
        return resource.gone() || down.dead().contains(resource.host());
    }
}

package io.archipelago.simulation;

import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Fence;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.PartView;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceSpec;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** For {@link Mutation#LEFTOVERS_NOT_BOOKED}: a participant's logic, but that nothing is booked for what a lease no longer has. */
record LeftoversNotBooked(ParticipantLogic logic) implements ParticipantLogic {

    @Override
    public List<Claim> claims(Resource leftover) {
        return List.of();
    }

    @Override
    public Participant name() {
        return logic.name();
    }

    @Override
    public List<Pool> pools() {
        return logic.pools();
    }

    @Override
    public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
        return logic.pools(host, inventory, open);
    }

    @Override
    public Choice hold(Request request, Calendar calendar) {
        return logic.hold(request, calendar);
    }

    @Override
    public Choice extend(Request request, Lease lease, Calendar calendar) {
        return logic.extend(request, lease, calendar);
    }

    @Override
    public List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts) {
        return logic.claims(allocation, spec, facts);
    }

    @Override
    public Predicate<Resource> wanted(Lease lease) {
        return logic.wanted(lease);
    }

    @Override
    public ResourceSpec revised(Resource known, ResourceSpec asNew) {
        return logic.revised(known, asNew);
    }

    @Override
    public boolean deployable(Lease lease) {
        return logic.deployable(lease);
    }

    @Override
    public List<Resource.Wanted> deploy(Lease lease) {
        return logic.deploy(lease);
    }

    @Override
    public boolean removable(Resource resource, PartView view) {
        return logic.removable(resource, view);
    }

    @Override
    public ResourceSpec adjusted(Resource resource, PartView view) {
        return logic.adjusted(resource, view);
    }

    @Override
    public @Nullable Fence fence(HostId host, Collection<Resource> resources, Set<HostId> dead) {
        return logic.fence(host, resources, dead);
    }
}

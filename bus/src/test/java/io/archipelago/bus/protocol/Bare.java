package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.HostMessage.Inventory;
import java.util.List;

/** A participant that has nothing, wants nothing and holds for nobody: a test adds what it is about. */
abstract class Bare implements ParticipantLogic {

    private final Participant name;

    Bare(Participant name) {
        this.name = name;
    }

    @Override
    public final Participant name() {
        return name;
    }

    @Override
    public List<Pool> pools(HostId host, Inventory inventory, boolean open) {
        return List.of();
    }

    @Override
    public final Choice hold(Request request, Calendar calendar) {
        throw new AssertionError("nobody holds here");
    }

    @Override
    public List<Claim> claims(AllocationId allocation, AllocationSpec spec, Facts.OfSite facts) {
        return List.of();
    }

    @Override
    public List<Resource.Wanted> deploy(Lease lease) {
        return List.of();
    }
}

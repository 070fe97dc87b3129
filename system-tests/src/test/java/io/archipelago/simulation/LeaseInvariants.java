package io.archipelago.simulation;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.protocol.Lease;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What must hold of a part's lease and of its rows. */
final class LeaseInvariants {

    /** The lease's facts are what is booked. */
    void leased(ParticipantService service, AllocationId id, Facts.OfSite facts, List<Booking> rows) {
        Invariants.require(
                rows.stream().allMatch(b -> b.heldUntil() == null),
                () -> service + " leases " + Words.of(id) + " by a hold");
        boolean booked = switch (service.logic().name()) {
            case PLACEMENT ->
                Objects.requireNonNull(facts.hosts()).hosts().values().stream()
                        .allMatch(host -> books(rows, host.value(), null));
            case NETWORK -> {
                Facts.Segment segment = Objects.requireNonNull(facts.segment());
                yield books(rows, "vlan", segment.vlan())
                        && books(
                                rows,
                                segment.gateway().value(),
                                segment.endpoint().port());
            }
            case STORAGE -> {
                Facts.Pool pool = Objects.requireNonNull(facts.pool());
                yield books(rows, pool.host() + "/" + pool.pool(), null);
            }
            case CACHE -> {
                Facts.Cache cache = Objects.requireNonNull(facts.cache());
                yield cache.gateway() == null || books(rows, cache.gateway().value(), null);
            }
        };
        Invariants.require(booked, () -> service + " leases " + Words.of(id) + " with facts that it has not booked");
    }

    private static boolean books(List<Booking> rows, String pool, @Nullable Integer unit) {
        return rows.stream().anyMatch(b -> b.pool().equals(pool) && Objects.equals(b.unit(), unit));
    }

    /** Machines and volumes that were not seen gone yet are booked, whether the lease still wants them or not. */
    void covered(ParticipantService service, AllocationId id, List<Booking> rows) {
        Map<String, Long> there = new TreeMap<>();
        Map<String, Long> booked = new TreeMap<>();
        for (Resource resource : service.resources(id)) {
            if (!resource.cleared() && resource.spec() instanceof VolumeSpec volume) {
                there.merge(resource.host() + "/" + volume.pool(), volume.bytes(), Long::sum);
            }
            if (!resource.cleared() && resource.spec() instanceof MachineSpec machine) {
                there.merge(resource.host().value(), machine.memoryBytes(), Long::sum);
            }
        }
        rows.forEach(row -> booked.merge(
                row.pool(), row.amounts().get("bytes") + row.amounts().get("memory"), Long::sum));
        there.forEach((pool, bytes) -> Invariants.require(
                bytes <= booked.getOrDefault(pool, 0L),
                () -> service + " has " + bytes + " of " + pool + " for " + Words.of(id) + " and booked less"));
    }

    /** Whatever takes the place of a machine is not started before that can write nothing any more, unless its host hears us. */
    void goesOn(ParticipantService service, Lease before, Lease after) {
        boolean replaced = !after.spec().ordinals().containsAll(before.spec().ordinals())
                && after.spec().machines() >= before.spec().machines();
        if (!replaced || service.logic().name() != Participant.PLACEMENT) {
            return;
        }
        service.resources(after.allocation()).stream()
                .filter(r -> r.absent() && !r.gone())
                .map(Resource::host)
                .distinct()
                .filter(service.hosts().down().lost()::contains)
                .filter(host -> !service.site().host(host).isDestroyed())
                .forEach(host -> Physics.requireCutOff(service.site(), host));
    }
}

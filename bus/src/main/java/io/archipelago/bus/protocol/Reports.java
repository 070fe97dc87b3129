package io.archipelago.bus.protocol;

import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import java.util.List;
import java.util.stream.Stream;

/** What a participant tells of its part: how far it is, and what becomes of each resource. */
final class Reports {

    private final ParticipantLogic logic;

    Reports(ParticipantLogic logic) {
        this.logic = logic;
    }

    /** How far a part is, and what it wants; of what it no longer wants nothing is told. */
    AllocationProgress progress(Part.Deploying part, List<Resource> resources, PartView view) {
        List<String> lost = resources.stream()
                .filter(r -> r.key().kind() == ResourceKind.MACHINE && !r.absent())
                .filter(r -> view.down().dead().contains(r.host()))
                .map(Resource::name)
                .sorted()
                .toList();
        List<ResourceStatus> statuses = statuses(resources.stream().filter(r -> !r.absent()), view);
        return new AllocationProgress(
                part.allocation(), part.sequence(), logic.name(), part.progress(), statuses, lost);
    }

    AllocationProgress waits(Part.Deploying part) {
        return new AllocationProgress(
                part.allocation(),
                part.sequence(),
                logic.name(),
                Progress.WAITING,
                List.of(waitingStatus(part)),
                List.of());
    }

    private ResourceStatus waitingStatus(Part.Deploying part) {
        ResourceKind kind = switch (logic.name()) {
            case PLACEMENT -> ResourceKind.MACHINE;
            case NETWORK -> ResourceKind.SEGMENT;
            case STORAGE -> ResourceKind.VOLUME;
            case CACHE -> ResourceKind.CACHE;
        };
        return new ResourceStatus(kind, part.allocation().site().value(), Phase.PENDING, reason(part), null);
    }

    private String reason(Part.Deploying part) {
        if (!part.waitingFor().isEmpty()) {
            return "waits until what an earlier booking left is seen gone";
        }
        return logic.deployable(part.lease())
                ? "waits until the time that is booked for it begins"
                : "waits until every host of it has been heard of";
    }

    static Progress progressOf(List<Resource> resources, PartView view) {
        if (resources.stream()
                .anyMatch(r -> !r.absent()
                        && (r.phase() == Phase.FAILED || view.down().lost().contains(r.host())))) {
            return Progress.DEGRADED;
        }
        boolean ready = resources.stream().filter(r -> !r.absent()).allMatch(r -> r.phase() == Phase.READY);
        return ready ? Progress.READY : Progress.DEPLOYING;
    }

    /** What is still to be removed. */
    AllocationProgress leaving(Part.Releasing part, List<Resource> resources, PartView view) {
        return new AllocationProgress(
                part.allocation(),
                part.sequence(),
                logic.name(),
                Progress.RELEASING,
                statuses(resources.stream(), view),
                List.of());
    }

    private static List<ResourceStatus> statuses(Stream<Resource> resources, PartView view) {
        return resources.map(r -> status(r, view.down())).toList();
    }

    /** What an agent said last does not count while its host is lost. */
    private static ResourceStatus status(Resource resource, HostsDown down) {
        ResourceStatus said = resource.status();
        if (resource.gone() || !down.lost().contains(resource.host())) {
            return said;
        }
        if (!down.dead().contains(resource.host())) {
            return saying(said, Phase.FAILED, "its host is silent");
        }
        return resource.absent()
                ? saying(said, Phase.ABSENT, "its host is dead")
                : saying(said, Phase.FAILED, "its host is dead");
    }

    private static ResourceStatus saying(ResourceStatus of, Phase phase, String reason) {
        return new ResourceStatus(of.kind(), of.name(), phase, reason, of.host());
    }
}

package io.archipelago.bus.protocol;

import io.archipelago.bus.protocol.PartDecision.Drop;
import io.archipelago.bus.protocol.PartDecision.Keep;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a part's resources are made on hosts, watched, and removed until nothing is seen of them. */
final class ResourceProtocol {

    private final ParticipantLogic logic;
    private final ParticipantProtocol.Terms terms;

    ResourceProtocol(ParticipantLogic logic, ParticipantProtocol.Terms terms) {
        this.logic = logic;
        this.terms = terms;
    }

    /** Publishes what is wanted, unless its booked time has not begun, an earlier booking is still there, or not all is known of its hosts. */
    PartDecision begin(Part.Deploying part, PartView view, Instant now) {
        // Whoever says deploy goes by another clock and another figure; what is booked is what the calendar says.
        Instant begins = view.calendar().begins(part.allocation()).orElse(now);
        if (now.isBefore(begins)) {
            return wait(part, Set.of(), begins, view);
        }
        Set<AllocationId> predecessors = view.calendar().predecessors(part.allocation());
        if (!predecessors.isEmpty() || !logic.deployable(part.lease())) {
            return wait(part, predecessors, now.plus(terms.lookAgain()), view);
        }
        List<Resource> wanted = logic.deploy(part.lease()).stream()
                .map(w -> known(w, view)
                        .map(r -> r.changed(w.spec(), notAfter(w, part)))
                        .orElseGet(() -> Resource.wanted(w, notAfter(w, part))))
                .toList();
        PartView made = new PartView(view.part(), view.calendar(), wanted, view.down());
        List<Resource> adjusted =
                wanted.stream().map(r -> r.specified(logic.adjusted(r, made))).toList();
        Part.Deploying deploying = part.told(progressOf(adjusted, view));
        return PartDecision.to(deploying, new Keep())
                .publishing(adjusted)
                .answering(progress(deploying, statuses(adjusted, view)));
    }

    private PartDecision wait(Part.Deploying part, Set<AllocationId> predecessors, Instant lookAgain, PartView view) {
        Part.Deploying waiting = part.waiting(predecessors, lookAgain);
        boolean told = view.part() instanceof Part.Deploying before
                && before.waitingFor().equals(predecessors);
        PartDecision decision = PartDecision.to(waiting, new Keep());
        return told ? decision : decision.answering(progress(waiting, List.of(waitingStatus(waiting))));
    }

    /** Tells how far the part is. */
    PartDecision tell(Part.Deploying part, PartView view) {
        if (part.progress() == Progress.WAITING) {
            return PartDecision.to(part, new Keep()).answering(progress(part, List.of(waitingStatus(part))));
        }
        Part.Deploying told = part.told(progressOf(view.resources(), view));
        return PartDecision.to(told, new Keep()).answering(progress(told, statuses(view.resources(), view)));
    }

    /** Removes everything; what never was on a host is released at once. */
    PartDecision release(ReleaseAllocation command, PartView view) {
        AllocationId id = command.allocation();
        Part.Releasing releasing = new Part.Releasing(id, command.sequence());
        List<Resource> removed = changes(view, true);
        List<Resource> after = replace(view.resources(), removed);
        if (after.stream().allMatch(r -> gone(r, view))) {
            return released(releasing, after, removed, removed);
        }
        return PartDecision.to(releasing, new Keep())
                .publishing(removed)
                .answering(new AllocationProgress(
                        id, command.sequence(), logic.name(), Progress.RELEASING, statuses(after, view)));
    }

    PartDecision onObserved(ResourceObserved observed, PartView view, Instant now) {
        Optional<Resource> known = view.resources().stream()
                .filter(r -> r.host().equals(observed.host()) && r.key().equals(observed.key()))
                .findFirst();
        if (known.isEmpty() || !known.get().olderThan(observed)) {
            return PartDecision.NOTHING;
        }
        Resource before = known.get();
        Resource seen = before.seen(observed);
        if (observed.generation() < before.generation() && observed.phase() != Phase.ABSENT && before.gone()) {
            // An orphan that we released, or made again by an agent without memory that was told late what was wanted
            // before. Only our record makes it safe to say so.
            Resource again = seen.removed();
            return PartDecision.NOTHING.storing(List.of(again), List.of(again));
        }
        if (observed.generation() > before.generation()) {
            Resource above = seen.above(observed.generation());
            return PartDecision.NOTHING.storing(List.of(above), List.of(above));
        }
        return settle(seen, before, view, now);
    }

    /** Does what hosts that are down call for. */
    PartDecision onHosts(PartView view, boolean news) {
        return switch (view.part()) {
            case Part.Releasing releasing -> removeMore(releasing, view, List.of());
            case Part.Deploying deploying -> {
                List<Resource> changed = changes(view, false);
                if (deploying.progress() == Progress.WAITING || !news && changed.isEmpty()) {
                    yield PartDecision.NOTHING;
                }
                List<Resource> all = replace(view.resources(), changed);
                yield tell(deploying, new PartView(deploying, view.calendar(), all, view.down()))
                        .storing(changed, changed);
            }
            case null, default -> PartDecision.NOTHING;
        };
    }

    private PartDecision settle(Resource seen, Resource before, PartView view, Instant now) {
        List<Resource> all = replace(view.resources(), List.of(seen));
        PartView after = new PartView(view.part(), view.calendar(), all, view.down());
        PartDecision stored = PartDecision.NOTHING.storing(List.of(seen), List.of());
        return switch (view.part()) {
            case Part.Releasing releasing -> removeMore(releasing, after, List.of(seen));
            case Part.Deploying deploying -> {
                if (deploying.progress() == Progress.WAITING
                        || seen.phase() == before.phase() && seen.reason().equals(before.reason())) {
                    yield stored;
                }
                Progress progress = progressOf(all, after);
                if (progress != deploying.progress()) {
                    Part.Deploying told = deploying.told(progress);
                    yield PartDecision.to(told, new Keep())
                            .storing(List.of(seen), List.of())
                            .answering(progress(told, statuses(all, after)));
                }
                yield deploying.tellAt() != null
                        ? stored
                        : PartDecision.to(deploying.tellingAt(now.plus(terms.tellEvery())), new Keep())
                                .storing(List.of(seen), List.of());
            }
            case Part.Released released -> seen.gone() ? stored.forgetting(List.of(seen)) : stored;
            // A stranger that an operator has had removed.
            case null -> seen.gone() ? stored.forgetting(List.of(seen)) : stored;
            default -> stored;
        };
    }

    private PartDecision removeMore(Part.Releasing releasing, PartView view, List<Resource> changed) {
        List<Resource> removed = changes(view, true);
        List<Resource> stored = new ArrayList<>(changed);
        stored.removeIf(c -> removed.stream().anyMatch(r -> same(r, c)));
        stored.addAll(removed);
        List<Resource> after = replace(view.resources(), removed);
        return after.stream().allMatch(r -> gone(r, view))
                ? released(releasing, after, stored, removed)
                : PartDecision.NOTHING.storing(stored, removed);
    }

    /** Nothing is left. What lay on dead hosts is still told to go: their agents may come back. */
    private PartDecision released(
            Part.Releasing releasing, List<Resource> all, List<Resource> stored, List<Resource> removed) {
        return PartDecision.to(releasing.done(), new Drop())
                .storing(stored, removed)
                .forgetting(all.stream().filter(Resource::gone).toList())
                .answering(new AllocationReleased(releasing.allocation(), releasing.sequence(), logic.name()));
    }

    /** What is to be otherwise than it was wanted up to now: gone, if it is released and may go, or like hosts that are down call for. */
    private List<Resource> changes(PartView view, boolean releasing) {
        List<Resource> changes = new ArrayList<>();
        for (Resource resource : view.resources()) {
            if (resource.absent()) {
                continue;
            }
            ResourceSpec adjusted = logic.adjusted(resource, view);
            if (releasing && logic.removable(resource, view)) {
                changes.add(resource.removed());
            } else if (!adjusted.equals(resource.spec())) {
                changes.add(resource.adjusted(adjusted));
            }
        }
        return changes;
    }

    private @Nullable Instant notAfter(Resource.Wanted wanted, Part.Deploying part) {
        return switch (wanted.key().kind()) {
            case MACHINE, SEGMENT, LINK -> part.lease().spec().window().end().plus(terms.grace());
            case VOLUME, DISK, CACHE -> null;
        };
    }

    private AllocationProgress progress(Part.Deploying part, List<ResourceStatus> statuses) {
        return new AllocationProgress(part.allocation(), part.sequence(), logic.name(), part.progress(), statuses);
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

    private static Progress progressOf(List<Resource> resources, PartView view) {
        if (resources.stream()
                .anyMatch(r -> !r.absent()
                        && (r.phase() == Phase.FAILED || view.down().lost().contains(r.host())))) {
            return Progress.DEGRADED;
        }
        boolean ready = resources.stream().filter(r -> !r.absent()).allMatch(r -> r.phase() == Phase.READY);
        return ready ? Progress.READY : Progress.DEPLOYING;
    }

    private static boolean gone(Resource resource, PartView view) {
        return view.gone(resource);
    }

    private static Optional<Resource> known(Resource.Wanted wanted, PartView view) {
        return view.resources().stream()
                .filter(r -> r.host().equals(wanted.host()) && r.key().equals(wanted.key()))
                .findFirst();
    }

    private static List<Resource> replace(List<Resource> all, List<Resource> changed) {
        return all.stream()
                .map(r -> changed.stream().filter(c -> same(r, c)).findFirst().orElse(r))
                .toList();
    }

    private static boolean same(Resource a, Resource b) {
        return a.host().equals(b.host()) && Objects.equals(a.key(), b.key());
    }

    static List<ResourceStatus> statuses(List<Resource> resources, PartView view) {
        return resources.stream().map(r -> status(r, view.down())).toList();
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
                : saying(said, Phase.FAILED, "its host is dead; it is not started elsewhere");
    }

    private static ResourceStatus saying(ResourceStatus of, Phase phase, String reason) {
        return new ResourceStatus(of.kind(), of.name(), phase, reason, of.host());
    }
}

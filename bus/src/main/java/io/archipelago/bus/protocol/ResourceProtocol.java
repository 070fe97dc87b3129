package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.protocol.PartDecision.Book;
import io.archipelago.bus.protocol.PartDecision.Change;
import io.archipelago.bus.protocol.PartDecision.Drop;
import io.archipelago.bus.protocol.PartDecision.Keep;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How a part's resources are made on hosts, watched, and removed until nothing is seen of them. */
final class ResourceProtocol {

    private final ParticipantLogic logic;
    private final ParticipantProtocol.Terms terms;
    private final Rows rows;
    private final Reports reports;

    ResourceProtocol(ParticipantLogic logic, ParticipantProtocol.Terms terms, Rows rows, Reports reports) {
        this.logic = logic;
        this.terms = terms;
        this.rows = rows;
        this.reports = reports;
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
        PartView made = view.with(wanted);
        List<Resource> adjusted =
                wanted.stream().map(r -> r.specified(logic.adjusted(r, made))).toList();
        Part.Deploying deploying = part.told(Reports.progressOf(adjusted, view));
        return PartDecision.to(deploying, new Keep())
                .publishing(adjusted)
                .answering(reports.progress(deploying, adjusted, view));
    }

    /** Makes what a lease wants as it goes on, removes what it no longer wants, and gives back what is booked beyond both. */
    PartDecision goOn(Part.Deploying part, PartView view) {
        Change bookings = rebook(part, view).bookings();
        if (part.progress() == Progress.WAITING) {
            return tell(part, view).booking(bookings);
        }
        List<Resource> made = logic.deploy(part.lease()).stream()
                .map(w -> known(w, view)
                        .map(r -> goesOn(r, w, part))
                        .orElseGet(() -> Resource.wanted(w, notAfter(w, part))))
                .filter(r -> !view.resources().contains(r))
                .toList();
        PartView with = new PartView(part, view.calendar(), merge(view.resources(), made), view.down());
        List<Resource> changed = new ArrayList<>(
                made.stream().map(r -> r.specified(logic.adjusted(r, with))).toList());
        PartView after = with.with(merge(with.resources(), changed));
        Predicate<Resource> leftover = logic.wanted(part.lease()).negate();
        List<Resource> removed = removed(after, leftover);
        changed.addAll(removed);
        // What stays is like what is left calls for.
        PartView left = after.with(merge(after.resources(), removed));
        changed = merge(changed, changes(left, leftover));
        return tell(part, after.with(merge(after.resources(), changed)))
                .publishing(changed)
                .booking(bookings);
    }

    private Resource goesOn(Resource known, Resource.Wanted wanted, Part.Deploying part) {
        ResourceSpec spec = logic.revised(known, wanted.spec());
        Instant notAfter = notAfter(wanted, part);
        boolean same = !known.absent() && spec.equals(known.spec()) && Objects.equals(known.notAfter(), notAfter);
        return same ? known : known.changed(spec, notAfter);
    }

    /** Books what the part has from now on, if that is more or less than what is booked. */
    PartDecision rebook(Part.Leased part, PartView view) {
        List<Booking> there = view.calendar().of(part.allocation());
        List<Booking> rows = this.rows.of(part, view.resources());
        boolean same = Rows.within(there, rows) && Rows.within(rows, there);
        return PartDecision.to(part, same ? new Keep() : new Book(rows));
    }

    /** How far a part is, whatever was told last. */
    AllocationProgress progress(Part.Deploying part, PartView view) {
        return part.progress() == Progress.WAITING
                ? reports.waits(part)
                : reports.progress(part.told(Reports.progressOf(view.resources(), view)), view.resources(), view);
    }

    private PartDecision wait(Part.Deploying part, Set<AllocationId> predecessors, Instant lookAgain, PartView view) {
        Part.Deploying waiting = part.waiting(predecessors, lookAgain);
        boolean told = view.part() instanceof Part.Deploying before
                && before.waitingFor().equals(predecessors);
        PartDecision decision = PartDecision.to(waiting, new Keep());
        return told ? decision : decision.answering(reports.waits(waiting));
    }

    /** Tells how far the part is. */
    PartDecision tell(Part.Deploying part, PartView view) {
        if (part.progress() == Progress.WAITING) {
            return PartDecision.to(part, new Keep()).answering(reports.waits(part));
        }
        Part.Deploying told = part.told(Reports.progressOf(view.resources(), view));
        return PartDecision.to(told, new Keep()).answering(reports.progress(told, view.resources(), view));
    }

    /** Removes everything; what never was on a host is released at once. */
    PartDecision release(ReleaseAllocation command, PartView view) {
        AllocationId id = command.allocation();
        Part.Releasing releasing = new Part.Releasing(id, command.sequence());
        List<Resource> removed = changes(view, all -> true);
        List<Resource> after = merge(view.resources(), removed);
        if (after.stream().allMatch(r -> gone(r, view))) {
            return released(releasing, after, removed, removed);
        }
        return PartDecision.to(releasing, new Keep())
                .publishing(removed)
                .answering(reports.leaving(releasing, after, view));
    }

    /** See {@link ParticipantProtocol#respecify}. */
    Optional<PartDecision> respecify(
            PartView view, HostId host, ResourceKey key, Function<Resource, ResourceSpec> change) {
        if (!(view.part() instanceof Part.Deploying part) || part.progress() == Progress.WAITING) {
            return Optional.empty();
        }
        return view.resources().stream()
                .filter(r -> r.host().equals(host) && r.key().equals(key) && !r.absent())
                .findFirst()
                .map(r -> List.of(r.adjusted(change.apply(r))))
                .map(changed ->
                        tell(part, view.with(merge(view.resources(), changed))).publishing(changed));
    }

    /** Whether something was seen gone of a lease that goes on. */
    boolean books(ResourceObserved observed, PartView view) {
        return view.part() instanceof Part.Deploying part
                && known(observed, view)
                        .filter(r -> r.olderThan(observed) && !r.gone())
                        .map(r -> r.seen(observed))
                        .filter(seen -> seen.gone() && leaves(part, seen))
                        .isPresent();
    }

    private static Optional<Resource> known(ResourceObserved observed, PartView view) {
        return view.resources().stream()
                .filter(r -> r.host().equals(observed.host()) && r.key().equals(observed.key()))
                .findFirst();
    }

    PartDecision onObserved(ResourceObserved observed, PartView view, Instant now) {
        Optional<Resource> known = known(observed, view);
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
                List<Resource> changed =
                        changes(view, logic.wanted(deploying.lease()).negate());
                if (deploying.progress() == Progress.WAITING || !news && changed.isEmpty()) {
                    yield PartDecision.NOTHING;
                }
                yield tell(deploying, view.with(merge(view.resources(), changed)))
                        .storing(changed, changed);
            }
            case null, default -> PartDecision.NOTHING;
        };
    }

    private PartDecision settle(Resource seen, Resource before, PartView view, Instant now) {
        PartView after = view.with(merge(view.resources(), List.of(seen)));
        PartDecision stored = PartDecision.NOTHING.storing(List.of(seen), List.of());
        return switch (view.part()) {
            case Part.Releasing releasing -> removeMore(releasing, after, List.of(seen));
            case Part.Deploying deploying
            when leaves(deploying, seen) -> before.gone() ? stored : left(deploying, seen, after);
            case Part.Deploying deploying -> {
                if (deploying.progress() == Progress.WAITING
                        || seen.phase() == before.phase() && seen.reason().equals(before.reason())) {
                    yield stored;
                }
                Progress progress = Reports.progressOf(after.resources(), after);
                if (progress != deploying.progress()) {
                    Part.Deploying told = deploying.told(progress);
                    yield PartDecision.to(told, new Keep())
                            .storing(List.of(seen), List.of())
                            .answering(reports.progress(told, after.resources(), after));
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

    /** Whether a lease goes on without a resource. */
    private boolean leaves(Part.Deploying part, Resource resource) {
        return part.progress() != Progress.WAITING
                && (resource.absent()
                        || part.lease().spec().hasRetired()
                                && !logic.wanted(part.lease()).test(resource));
    }

    /** Something was seen that a lease no longer wants: what may go now goes, and what is gone is no longer booked. */
    private PartDecision left(Part.Deploying part, Resource seen, PartView view) {
        Predicate<Resource> leftover = logic.wanted(part.lease()).negate();
        List<Resource> removed = removed(view, leftover);
        PartDecision decision =
                removed.isEmpty() ? PartDecision.NOTHING : tell(part, view.with(merge(view.resources(), removed)));
        decision = decision.storing(merge(List.of(seen), removed), removed);
        return seen.gone()
                ? decision.booking(new Book(rows.of(part, view.resources()))).forgetting(List.of(seen))
                : decision;
    }

    private List<Resource> removed(PartView view, Predicate<Resource> leftover) {
        return view.resources().stream()
                .filter(r -> !r.absent() && leftover.test(r) && logic.removable(r, view))
                .map(Resource::removed)
                .toList();
    }

    private PartDecision removeMore(Part.Releasing releasing, PartView view, List<Resource> changed) {
        List<Resource> removed = changes(view, all -> true);
        List<Resource> stored = merge(changed, removed);
        List<Resource> after = merge(view.resources(), removed);
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

    /**
     * What is to be otherwise than it was wanted up to now: gone, if it is to go and may, or like hosts that are down call for.
     *
     * @param toGo what is to go
     */
    private List<Resource> changes(PartView view, Predicate<Resource> toGo) {
        List<Resource> changes = new ArrayList<>();
        for (Resource resource : view.resources()) {
            if (resource.absent()) {
                continue;
            }
            ResourceSpec adjusted = logic.adjusted(resource, view);
            if (toGo.test(resource) && logic.removable(resource, view)) {
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

    private static boolean gone(Resource resource, PartView view) {
        return view.gone(resource);
    }

    private static Optional<Resource> known(Resource.Wanted wanted, PartView view) {
        return view.resources().stream()
                .filter(r -> r.host().equals(wanted.host()) && r.key().equals(wanted.key()))
                .findFirst();
    }

    /** Some resources with others in their places, or beside them. */
    private static List<Resource> merge(List<Resource> some, List<Resource> others) {
        List<Resource> all = new ArrayList<>(some);
        for (Resource other : others) {
            int place = IntStream.range(0, all.size())
                    .filter(i -> same(all.get(i), other))
                    .findFirst()
                    .orElse(-1);
            if (place < 0) {
                all.add(other);
            } else {
                all.set(place, other);
            }
        }
        return all;
    }

    private static boolean same(Resource a, Resource b) {
        return a.host().equals(b.host()) && Objects.equals(a.key(), b.key());
    }
}

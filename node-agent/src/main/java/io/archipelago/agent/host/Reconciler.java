package io.archipelago.agent.host;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Observe, compare, apply, until the host is as desired or nothing more can be done now.
 *
 * <pre>
 *   made in the order   VOLUME  SEGMENT  DISK  LINK  CACHE  MACHINE     each once what it needs is READY
 *   gone in the order   MACHINE  LINK  CACHE  DISK  SEGMENT  VOLUME     each once nobody stands on it
 * </pre>
 */
final class Reconciler {

    private static final List<ResourceKind> MAKING = List.of(
            ResourceKind.VOLUME,
            ResourceKind.SEGMENT,
            ResourceKind.DISK,
            ResourceKind.LINK,
            ResourceKind.CACHE,
            ResourceKind.MACHINE);
    private static final List<ResourceKind> REMOVING = List.of(
            ResourceKind.MACHINE,
            ResourceKind.LINK,
            ResourceKind.CACHE,
            ResourceKind.DISK,
            ResourceKind.SEGMENT,
            ResourceKind.VOLUME);

    /** Deeper than any chain of needs; what is left is done in the next step. */
    private static final int MOST_ROUNDS = 8;

    /** What a host may do by itself before it has heard from its broker, apart from starting machines that ran. */
    private static final Set<ResourceKind> RESTORED =
            Set.of(ResourceKind.VOLUME, ResourceKind.DISK, ResourceKind.SEGMENT);

    private final HostId host;
    private final Drivers drivers;
    private final Ledger ledger;
    private final Tries tries;

    Reconciler(HostId host, Drivers drivers, Ledger ledger, Tries tries) {
        this.host = host;
        this.drivers = drivers;
        this.ledger = ledger;
        this.tries = tries;
    }

    /**
     * How the host stood when the step began and when it ended.
     *
     * @param first each resource's status before anything was done
     * @param last each resource's status afterwards
     * @param view what was there at the end
     */
    record Outcome(Map<ResourceKey, Status> first, Map<ResourceKey, Status> last, View view) {}

    /** What the agent may do without having heard from its broker. */
    record Offline(Set<ResourceKey> ranBefore) {}

    /**
     * One step.
     *
     * @param offline null if the desired state is known to its end
     */
    Outcome step(Instant now, @Nullable Offline offline) {
        tries.beginStep();
        Map<ResourceKey, Status> first = null;
        for (int round = 1; ; round++) {
            Round done = new Round(View.of(host, drivers, ledger, now), now, offline);
            boolean progress = done.run();
            first = first == null ? done.statuses : first;
            if (!progress || round == MOST_ROUNDS) {
                return new Outcome(first, done.statuses, done.view);
            }
        }
    }

    /** One look at the host and what is done upon it. */
    private final class Round {

        private final View view;
        private final Instant now;
        private final @Nullable Offline offline;
        private final Map<ResourceKey, Status> statuses = new LinkedHashMap<>();
        private boolean progress;

        Round(View view, Instant now, @Nullable Offline offline) {
            this.view = view;
            this.now = now;
            this.offline = offline;
        }

        boolean run() {
            for (ResourceKind kind : REMOVING) {
                each(kind, true);
            }
            for (ResourceKind kind : MAKING) {
                each(kind, false);
            }
            view.seen().forEach((key, observed) -> {
                if (!ledger.knows(key)) {
                    statuses.put(key, orphan(key, observed));
                }
            });
            return progress;
        }

        private void each(ResourceKind kind, boolean unwanted) {
            for (ResourceKey key : ledger.specs(kind).keySet()) {
                DesiredResource desired = ledger.get(key);
                if (desired != null && isUnwanted(desired) == unwanted) {
                    statuses.put(key, unwanted ? remove(desired) : make(desired));
                }
            }
        }

        private boolean isUnwanted(DesiredResource desired) {
            return desired.absent() || Ledger.expired(desired, now);
        }

        private Status make(DesiredResource desired) {
            ResourceKey key = desired.key();
            long generation = desired.generation();
            String blindness = view.blindness(key.kind());
            if (blindness != null) {
                return Status.failed(generation, blindness);
            }
            Observed observed = view.get(key);
            if (observed != null) {
                switch (observed.condition()) {
                    case READY -> {
                        tries.reset(key);
                        return Status.ready(generation, observed.details());
                    }
                    case MAKING, REMOVING -> {
                        return Status.pending(generation, observed.reason());
                    }
                    case DIFFERENT, BROKEN -> {}
                }
            }
            if (offline != null && !maybeRestored(key, offline)) {
                return Status.pending(generation, "waits for the broker");
            }
            for (ResourceKey need : View.needs(desired.spec())) {
                DesiredResource needed = ledger.get(need);
                if (needed == null || isUnwanted(needed) || !view.isReady(need)) {
                    return Status.pending(generation, "waits for " + need);
                }
            }
            String doing = observed == null ? "is being made" : "is being repaired: " + observed.reason();
            String inVain = observed == null ? "was made, but is not there" : observed.reason();
            return attempt(key, generation, doing, inVain, () -> drivers.apply(key, desired.spec(), now));
        }

        private boolean maybeRestored(ResourceKey key, Offline offline) {
            return RESTORED.contains(key.kind())
                    || (key.kind() == ResourceKind.MACHINE
                            && offline.ranBefore().contains(key));
        }

        private Status remove(DesiredResource desired) {
            ResourceKey key = desired.key();
            long generation = desired.generation();
            boolean byItself = Ledger.expired(desired, now);
            String blindness = view.blindness(key.kind());
            if (blindness != null) {
                return Status.failed(generation, blindness);
            }
            Observed observed = view.get(key);
            if (observed == null) {
                tries.reset(key);
                return Status.absent(generation, desired.absent() ? "" : "its time ended at " + desired.notAfter());
            }
            if (observed.condition() == Observed.Condition.REMOVING) {
                return Status.pending(generation, observed.reason());
            }
            if (offline != null && !byItself) {
                return Status.pending(generation, "waits for the broker");
            }
            List<String> users = view.users(key, byItself);
            if (!users.isEmpty()) {
                return Status.pending(generation, "waits until " + String.join(", ", users) + " is gone");
            }
            return attempt(
                    key,
                    generation,
                    "is being removed",
                    "was removed, but is still there",
                    () -> drivers.remove(key, now));
        }

        private Status attempt(ResourceKey key, long generation, String doing, String inVain, Step step) {
            if (tries.due(key, now)) {
                try {
                    step.run();
                    tries.note(key, now, false, "");
                    progress = true;
                    return Status.pending(generation, doing);
                } catch (DriverFault fault) {
                    tries.note(key, now, fault.isWaiting(), fault.reason());
                }
            }
            Tries.Try last = tries.last(key);
            if (last == null || last.reason().isEmpty()) {
                return Status.failed(generation, inVain);
            }
            return last.waiting()
                    ? Status.pending(generation, last.reason())
                    : Status.failed(generation, last.reason());
        }

        private Status orphan(ResourceKey key, Observed observed) {
            Phase phase = switch (observed.condition()) {
                case READY, DIFFERENT -> Phase.READY;
                case MAKING, REMOVING -> Phase.PENDING;
                case BROKEN -> Phase.FAILED;
            };
            Map<String, String> details = new HashMap<>(observed.details());
            details.put("generation", Long.toString(ledger.lastGeneration(key)));
            return new Status(0, phase, "nobody desires it", details);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws DriverFault;
    }
}

package io.archipelago.agent.host;

import io.archipelago.agent.drivers.Drivers;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The agent of one host. It is told what is desired, and at each step makes the host more like it and says what it sees. Between the steps
 * it says that the host lives.
 *
 * <pre>
 *                    brokerUnreachable()              caughtUp()
 *   BLIND ───────────────────────────────▶ OFFLINE ───────────────▶ FOLLOWING
 *     │  does nothing                        restores from its copy,    ▲  does everything
 *     │                                      removes nothing            │
 *     └─────────────────────────────────────────────────────────────────┘
 *                                 caughtUp()
 * </pre>
 *
 * Whatever comes late, twice, or was lost: the next step starts from what is there.
 *
 * <p>A step lasts as long as what it does to the host. So {@link #beat} may be called by another thread meanwhile, and what the agent is
 * told is put aside without waiting, and taken when the next step begins. One thread at a time calls {@link #step}.
 */
public final class HostAgent {

    /** How much the agent knows of what is desired. */
    public enum Knowledge {
        /** Nothing is certain yet. */
        BLIND,
        /** Only what it knew when it last ran. */
        OFFLINE,
        /** Everything, as the topic was read to its end. */
        FOLLOWING
    }

    private final HostId host;
    private final long epoch;
    private final HostSettings settings;
    private final SpecCopy.Keeper keeper;
    private final RandomGenerator random;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicLong counter = new AtomicLong();
    private final Heart heart;
    private final Drivers drivers;
    private final Ledger ledger;
    private final Tries tries;
    private final Settling settling;
    private final Reconciler reconciler;
    private final Map<ResourceKey, Status> said = new HashMap<>();
    private final Set<ResourceKey> forgotten = new HashSet<>();
    private final Set<ResourceKey> orphansBefore = new HashSet<>();

    /** What came again after its owner was done with it; the owner is to take it from the topic. */
    private final Set<ResourceKey> overtaken = new TreeSet<>();

    private final String machineId;

    private volatile Knowledge knowledge = Knowledge.BLIND;
    private Set<ResourceKey> running;
    private SpecCopy kept;
    private boolean copyChanged;
    private String keepingProblem = "";
    private Instant nextReconcile = Instant.MIN;
    private Instant nextRepeat = Instant.MIN;

    /**
     * An agent that has just started.
     *
     * @param epoch higher than that of any agent that ran for this host before
     * @param inventory asked for every heartbeat
     * @param copy what the last agent of this host kept
     * @param keeper where this one keeps its copy, before it reports what came of it
     * @param random for jitter only
     */
    public HostAgent(
            HostId host,
            long epoch,
            HostSettings settings,
            Drivers drivers,
            Supplier<Inventory> inventory,
            SpecCopy copy,
            SpecCopy.Keeper keeper,
            RandomGenerator random) {
        this.host = host;
        this.epoch = epoch;
        this.settings = settings;
        this.drivers = drivers;
        this.keeper = keeper;
        this.random = random;
        this.heart = new Heart(host, epoch, counter, settings.heartbeatEvery(), inventory);
        this.machineId = inventory.get().machineId();
        this.ledger = new Ledger(copy);
        this.tries = new Tries(settings, random);
        this.settling = new Settling(settings.settleEvery());
        this.reconciler = new Reconciler(host, drivers, ledger, tries);
        this.running = copy.running();
        this.kept = copy;
        copy.specs().forEach(spec -> forgotten.add(spec.key()));
        orphansBefore.addAll(copy.orphans());
    }

    public HostId host() {
        return host;
    }

    public long epoch() {
        return epoch;
    }

    public Knowledge knowledge() {
        return knowledge;
    }

    /** Takes a specification from the desired topic. One that was overtaken is not followed, but what is there is said again. */
    public void desire(DesiredResource spec) {
        inbox.add(() -> {
            if (ledger.accept(spec)) {
                copyChanged = true;
                tries.reset(spec.key());
                overtaken.remove(spec.key());
            } else if (!ledger.knows(spec.key())) {
                overtaken.add(spec.key());
            }
            said.remove(spec.key());
            nextReconcile = Instant.MIN;
        });
    }

    /** Takes a tombstone from the desired topic: the owner is done with this key. */
    public void forget(ResourceKey key) {
        inbox.add(() -> {
            overtaken.remove(key);
            if (ledger.forget(key)) {
                copyChanged = true;
                tries.reset(key);
                forgotten.add(key);
            }
            nextReconcile = Instant.MIN;
        });
    }

    /** The desired topic was read to its end. */
    public void caughtUp() {
        inbox.add(() -> {
            if (knowledge != Knowledge.FOLLOWING) {
                knowledge = Knowledge.FOLLOWING;
                copyChanged |= ledger.forgetUnheard();
                nextReconcile = Instant.MIN;
            }
        });
    }

    /** The agent has started and finds no broker: it may bring back what it last knew. */
    public void brokerUnreachable() {
        inbox.add(() -> {
            if (knowledge == Knowledge.BLIND) {
                knowledge = Knowledge.OFFLINE;
                nextReconcile = Instant.MIN;
            }
        });
    }

    /** Something on the host may have changed: the next step looks at it. */
    public void look() {
        inbox.add(() -> nextReconcile = Instant.MIN);
    }

    /** Something that was reported may not have arrived: everything is said again at the next step. */
    public void sayAllAgain() {
        inbox.add(() -> nextRepeat = Instant.MIN);
    }

    /** When the next step is due; in the past if it is due now. */
    public Instant nextDue() {
        if (!inbox.isEmpty()) {
            return Instant.MIN;
        }
        return switch (knowledge) {
            case BLIND -> Instant.MAX;
            case OFFLINE -> nextReconcile;
            case FOLLOWING -> earliest(nextReconcile, nextRepeat);
        };
    }

    /** When {@link #beat} is due next; in the past if it is due now. */
    public Instant nextBeat() {
        return heart.nextBeat();
    }

    /** Says that the host lives, if that is due: also while a step lasts long. */
    public List<Report> beat(Instant now) {
        return heart.beat(now);
    }

    /** Does what is due, and answers what is to be published, in this order. */
    public List<Report> step(Instant now) {
        for (Runnable told = inbox.poll(); told != null; told = inbox.poll()) {
            told.run();
        }
        if (knowledge == Knowledge.BLIND) {
            return List.of();
        }
        List<Report> reports = new ArrayList<>();
        boolean repeat = Heart.isDue(nextRepeat, now, settings.repeatEvery());
        if (repeat || Heart.isDue(nextReconcile, now, settings.reconcileEvery())) {
            reconcile(now, repeat, reports);
        }
        return knowledge == Knowledge.OFFLINE ? List.of() : reports;
    }

    /** The last {@link #step} threw: the host says so until one does not. */
    public void failed(RuntimeException bug) {
        heart.lookFailed("a look at the host ended in a fault of the agent, its log says where: " + bug);
    }

    private void reconcile(Instant now, boolean repeat, List<Report> reports) {
        Reconciler.Offline offline = knowledge == Knowledge.FOLLOWING ? null : new Reconciler.Offline(running);
        // Nothing is known of what the host bears before it was looked at.
        heart.lookBegins(
                now,
                offline == null
                        ? new Heart.Seen(ledger.digests(), drivers.kinds().size(), "")
                        : null);
        Reconciler.Outcome outcome = reconciler.step(now, offline);
        nextReconcile = nextLook(now, outcome);
        copyChanged |= ledger.age(now);
        boolean safe = keep(outcome, offline);
        if (offline != null) {
            heart.lookEnded(null);
            return;
        }
        heart.lookEnded(new Heart.Seen(ledger.digests(), leftovers(outcome, now), keepingProblem));
        if (!safe) {
            nextRepeat = now.plus(settings.reconcileEvery());
            return;
        }
        if (repeat) {
            said.clear();
            nextRepeat = now.plus(spread(settings.repeatEvery(), 0.25));
        }
        say(outcome, reports);
    }

    /** Says what changed; of a resource that was READY and is again, also that it was not. */
    private void say(Reconciler.Outcome outcome, List<Report> reports) {
        outcome.last().forEach((key, status) -> {
            Status before = said.get(key);
            Status first = outcome.first().get(key);
            if (before != null && first != null && isDrift(before, first) && !isDrift(before, status)) {
                reports.add(observed(key, first));
                before = first;
            }
            if (!status.equals(before)) {
                reports.add(observed(key, status));
            }
            said.put(key, status);
        });
        sayGone(outcome, reports);
        for (ResourceKey key : overtaken) {
            Status absent = Status.absent(ledger.lastGeneration(key), "its owner was done with it");
            if (!outcome.last().containsKey(key) && !absent.equals(said.put(key, absent))) {
                reports.add(observed(key, absent));
            }
        }
    }

    private int leftovers(Reconciler.Outcome outcome, Instant now) {
        int leftovers = outcome.view().blindKinds();
        for (Map.Entry<ResourceKey, Status> each : outcome.last().entrySet()) {
            DesiredResource desired = ledger.get(each.getKey());
            boolean unwanted = desired == null || desired.absent() || Ledger.expired(desired, now);
            leftovers += unwanted && each.getValue().phase() != Phase.ABSENT ? 1 : 0;
        }
        return leftovers;
    }

    /** Of what is neither desired nor there nothing is left on the topic. */
    private void sayGone(Reconciler.Outcome outcome, List<Report> reports) {
        Set<ResourceKey> gone = new TreeSet<>(said.keySet());
        gone.addAll(forgotten);
        gone.addAll(orphansBefore);
        gone.removeAll(outcome.last().keySet());
        gone.removeAll(overtaken);
        gone.removeIf(key -> outcome.view().blindness(key.kind()) != null);
        for (ResourceKey key : gone) {
            Status before = said.remove(key);
            if (before == null ? orphansBefore.contains(key) : before.phase() != Phase.ABSENT) {
                reports.add(observed(key, Status.absent(before == null ? 0 : before.generation(), "")));
            }
            reports.add(new Report.Forgotten(key));
        }
        forgotten.removeIf(key -> outcome.view().blindness(key.kind()) == null);
        orphansBefore.removeIf(key -> outcome.view().blindness(key.kind()) == null);
    }

    private static boolean isDrift(Status before, Status now) {
        return before.phase() == Phase.READY && before.generation() == now.generation() && now.phase() != Phase.READY;
    }

    private Report observed(ResourceKey key, Status status) {
        return new Report.Said(
                key.toString(),
                new ResourceObserved(
                        host,
                        epoch,
                        counter.incrementAndGet(),
                        key,
                        status.generation(),
                        status.phase(),
                        status.reason(),
                        status.details(),
                        machineId));
    }

    /** Keeps the copy if it changed; false if it could not, and nothing that follows from it may be said. */
    private boolean keep(Reconciler.Outcome outcome, Reconciler.@Nullable Offline offline) {
        Set<ResourceKey> orphans = new HashSet<>();
        Set<ResourceKey> runs = new HashSet<>();
        outcome.last().forEach((key, status) -> {
            if (!ledger.knows(key)) {
                orphans.add(key);
            } else if (key.kind() == ResourceKind.MACHINE
                    && (status.phase() == Phase.READY || running.contains(key) && mayRun(key, outcome.view()))) {
                runs.add(key);
            }
        });
        if (offline != null) {
            runs.addAll(offline.ranBefore());
        }
        running = Set.copyOf(runs);
        if (!copyChanged && running.equals(kept.running()) && orphans.equals(kept.orphans())) {
            return true;
        }
        SpecCopy copy = new SpecCopy(List.copyOf(ledger.all()), running, orphans, List.copyOf(ledger.past()));
        try {
            keeper.keep(copy);
        } catch (UncheckedIOException e) {
            keepingProblem = "cannot keep its copy of the specifications: " + e.getMessage();
            copyChanged = true;
            return false;
        }
        kept = copy;
        copyChanged = false;
        keepingProblem = "";
        return true;
    }

    /** Also one that is there and can do no work for a while, or that can not be looked at. */
    private static boolean mayRun(ResourceKey key, View view) {
        return view.get(key) != null || view.blindness(key.kind()) != null;
    }

    private Instant nextLook(Instant now, Reconciler.Outcome outcome) {
        Instant next = now.plus(spread(settings.reconcileEvery(), 0.1));
        Instant expiry = ledger.nextExpiry(now);
        if (expiry != null) {
            next = earliest(next, expiry);
        }
        next = earliest(next, settling.next(now, outcome.view().moving()));
        Instant again = tries.next(now);
        return again == null ? next : earliest(next, again);
    }

    private Duration spread(Duration duration, double share) {
        return Duration.ofNanos((long) (duration.toNanos() * (1 - share + 2 * share * random.nextDouble())));
    }

    private static Instant earliest(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}

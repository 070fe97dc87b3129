package io.archipelago.simulation;

import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.Fence;
import io.archipelago.bus.protocol.HostDecision;
import io.archipelago.bus.protocol.HostDecision.Parts;
import io.archipelago.bus.protocol.HostProtocol;
import io.archipelago.bus.protocol.HostRecord;
import io.archipelago.bus.protocol.HostRecord.State;
import io.archipelago.bus.protocol.HostsDown;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import io.archipelago.contracts.host.SpecDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one participant knows of its site's hosts: production's protocol over a table. */
final class HostKeeper {

    /** A part that is to be looked at because of what has become of a host. */
    record Change(HostId host, AllocationId allocation, boolean news) {}

    /** That it is to be looked at; each wish is another. */
    private record Wish(Instant due, long number) {}

    private static final Duration REPUBLISH_AFTER = Duration.ofSeconds(10);

    private final ParticipantService service;
    private final ParticipantLogic logic;
    private final HostProtocol protocol;
    private final Map<HostId, HostRecord> records = new TreeMap<>();
    private final Map<Change, Wish> changes = new LinkedHashMap<>();
    private long wishes;

    HostKeeper(ParticipantService service, ParticipantLogic logic) {
        this.service = service;
        this.logic = logic;
        this.protocol = new HostProtocol(
                logic.name().service(), service.world().figures().patience());
    }

    /** A heartbeat that was taken before the history begins. */
    void begin(HostHeartbeat first) {
        records.put(
                first.host(),
                Objects.requireNonNull(
                        protocol.onHeartbeat(null, first, true, service.now()).next()));
    }

    Optional<HostRecord> record(HostId host) {
        return Optional.ofNullable(records.get(host));
    }

    boolean isDead(HostId host) {
        return record(host).filter(HostRecord::dead).isPresent();
    }

    HostsDown down() {
        Set<HostId> silent = new HashSet<>();
        Set<HostId> lost = new HashSet<>();
        Set<HostId> dead = new HashSet<>();
        records.forEach((host, record) -> {
            if (record.state() != State.ALIVE || record.dead()) {
                silent.add(host);
            }
            if (record.lost()) {
                lost.add(host);
            }
            if (record.dead()) {
                dead.add(host);
            }
        });
        return new HostsDown(silent, lost, dead);
    }

    /** Every row with a due time. */
    Collection<Object> rows() {
        List<Object> rows = new ArrayList<>(records.keySet());
        rows.addAll(changes.keySet());
        return rows;
    }

    @Nullable
    Instant due(Object row) {
        if (row instanceof Change change) {
            Wish wish = changes.get(change);
            return wish == null ? null : wish.due();
        }
        boolean over = service.site().isSettled();
        return row instanceof HostId host && !over
                ? record(host).map(HostRecord::due).orElse(null)
                : null;
    }

    /** The service starts: what happened before says nothing about hosts. */
    void startListening() {
        if (!service.world().broken(Mutation.JUDGED_WITHOUT_LISTENING)) {
            records.replaceAll((host, record) -> protocol.doubt(record, service.now()));
        }
    }

    Work dueWork(Object row) {
        if (row instanceof Change change) {
            return Work.on("host", 0, List.of(change.allocation()), tx -> look(change, tx));
        }
        return Work.due("host", row, () -> true, tx -> judge((HostId) row, tx));
    }

    Work heard(HostHeartbeat said) {
        boolean well = record(said.host())
                .filter(r -> r.state() == State.ALIVE && !r.dead())
                .isPresent();
        return new Work(said, 0, List.of(said.host()), false, () -> !well, tx -> take(said, tx));
    }

    Work died(HostDead said, long id) {
        return new Work(said, id, List.of(said.host()), false, () -> true, tx -> {
            if (!service.world().broken(Mutation.DEATH_UNHEARD)) {
                carryOut(said.host(), protocol.onDead(records.get(said.host()), said), tx);
            }
        });
    }

    /** An operator says that a host is dead. */
    Work declareDead(HostId host) {
        return new Work(
                "operator",
                0,
                List.of(host),
                false,
                () -> true,
                tx -> record(host)
                        .flatMap(before -> protocol.declareDead(before, "oscar", tx.now()))
                        .ifPresent(decision -> carryOut(host, decision, tx)));
    }

    private void take(HostHeartbeat said, Transaction tx) {
        HostRecord before = records.get(said.host());
        boolean same = SpecDigest.of(service.generations(said.host()))
                .equals(said.digests().get(logic.name()));
        HostHeartbeat taken = service.world().broken(Mutation.BACK_UNCLEAN)
                ? new HostHeartbeat(
                        said.host(),
                        said.epoch(),
                        said.counter(),
                        said.at(),
                        said.every(),
                        said.inventory(),
                        said.digests(),
                        0)
                : said;
        HostDecision decision =
                protocol.onHeartbeat(before, taken, same || service.world().broken(Mutation.BACK_UNCLEAN), tx.now());
        carryOut(said.host(), decision, tx);
        if (decision.next() != null && !same && !service.world().broken(Mutation.NEVER_PUBLISHED_AGAIN)) {
            service.publishAgain(said.host(), tx, tx.now().minus(REPUBLISH_AFTER));
        }
    }

    private void judge(HostId host, Transaction tx) {
        HostRecord before = Objects.requireNonNull(records.get(host));
        boolean listening = service.world().broken(Mutation.JUDGED_WITHOUT_LISTENING) || service.hasTakenAllOf(host);
        Fence fence = before.state() == State.LOST && !before.dead() ? fence(host) : null;
        carryOut(host, protocol.onDue(before, listening, fence, tx.now()), tx);
    }

    private @Nullable Fence fence(HostId host) {
        List<Resource> around = service.around(host);
        if (service.world().broken(Mutation.FENCED_UNSEEN)) {
            around = around.stream()
                    .map(r -> r.spec() instanceof VolumeSpec volume && volume.initiator() == null
                            ? Forgetful.ready(r)
                            : r)
                    .toList();
        }
        return logic.fence(host, around, down().dead());
    }

    private void look(Change change, Transaction tx) {
        Wish wish = changes.get(change);
        if (wish != null) {
            service.onHosts(change.allocation(), change.news(), tx);
            // The row is locked: who wants another look meanwhile waits, and then makes a row of its own.
            tx.write(() -> changes.remove(change, wish));
        }
    }

    private void carryOut(HostId host, HostDecision decision, Transaction tx) {
        HostRecord before = records.get(host);
        HostRecord next = decision.next();
        if (next == null) {
            return;
        }
        List<Pool> pools = decision.pools()
                ? next.pools(logic, before).stream()
                        .map(pool -> pool.closedAt(service.maintenance().closures(host)))
                        .toList()
                : List.of();
        tx.write(() -> {
            records.put(host, next);
            pools.forEach(service::store);
            service.maintenance().displace(host, tx.now());
            if (decision.parts() != Parts.LEFT_ALONE) {
                concern(host, decision.parts() == Parts.TOLD, tx.now());
            }
        });
        // A transaction may take its time; what counts is when it judged.
        long silent =
                service.world().scheduler().now() - service.site().host(host).spokeAt();
        HostDead say = decision.say();
        if (say != null) {
            tx.send(Topics.HOST_EVENTS, host, say);
        }
        tx.check(() -> {
            service.world().invariants().host(service, before, next, silent);
            service.watch(host);
        });
    }

    private void concern(HostId host, boolean news, Instant now) {
        for (Resource resource : service.allResources()) {
            if (resource.host().equals(host) && !resource.gone()) {
                Change change = new Change(host, resource.allocation(), news);
                Wish wish = new Wish(now, ++wishes);
                if (news) {
                    changes.put(change, wish);
                } else {
                    changes.putIfAbsent(change, wish);
                }
                service.watch(change);
            }
        }
    }

    /** Whether the fence is this participant's to see to. */
    boolean fences() {
        return logic.name() == Participant.STORAGE;
    }

    static Map<ResourceKey, Long> generations(Collection<Resource> resources) {
        Map<ResourceKey, Long> generations = new HashMap<>();
        resources.forEach(r -> generations.put(r.key(), r.generation()));
        return generations;
    }
}

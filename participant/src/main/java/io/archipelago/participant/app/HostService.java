package io.archipelago.participant.app;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.Tx;
import io.archipelago.bus.protocol.HostDecision;
import io.archipelago.bus.protocol.HostDecision.Parts;
import io.archipelago.bus.protocol.HostProtocol;
import io.archipelago.bus.protocol.HostRecord;
import io.archipelago.bus.protocol.HostRecord.State;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostEvent;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.SpecDigest;
import io.archipelago.participant.ParticipantConfig;
import io.archipelago.participant.persistence.HostStore;
import io.archipelago.participant.persistence.MaintenanceStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What a participant does about the hosts of its site. */
@ApplicationScoped
public class HostService {

    private static final Logger LOG = Logger.getLogger(HostService.class);

    private final ParticipantLogic logic;
    private final HostProtocol protocol;
    private final ParticipantConfig config;
    private final HostStore store;
    private final MaintenanceStore maintenance;

    HostService(
            ParticipantLogic logic,
            HostProtocol protocol,
            ParticipantConfig config,
            HostStore store,
            MaintenanceStore maintenance) {
        this.logic = logic;
        this.protocol = protocol;
        this.config = config;
        this.store = store;
        this.maintenance = maintenance;
    }

    /** Makes bookable what the site has whatever its hosts; what happened before we listened says nothing about them. */
    public Uni<Void> open(Tx tx) {
        return store.names(tx).chain(hosts -> {
            Uni<Void> all = Uni.createFrom().voidItem();
            for (HostId host : hosts) {
                all = all.chain(() -> store.locked(tx, host))
                        .chain(locked -> store.write(tx, protocol.doubt(locked.orElseThrow(), tx.now())));
            }
            return all.chain(() -> store.pools(tx, logic.pools()));
        });
    }

    /** Locks the hosts of which a batch of messages speaks. */
    public Uni<Void> prepare(Tx tx, List<HostId> spokenOf) {
        return store.lock(tx, spokenOf);
    }

    /** Locks the hosts of some heartbeats, and reads what their agents should know. */
    public Uni<Void> prepareHeartbeats(Tx tx, List<HostHeartbeat> heartbeats) {
        List<HostId> spokenOf = heartbeats.stream().map(HostHeartbeat::host).toList();
        return spokenOf.isEmpty()
                ? Uni.createFrom().voidItem()
                : store.lock(tx, spokenOf).chain(() -> store.readGenerations(tx, spokenOf));
    }

    /** Takes a heartbeat: the host lives, has this, and knows that its agent should make these. */
    public Uni<Void> onHeartbeat(Tx tx, HostHeartbeat heartbeat) {
        String theirs = heartbeat.digests().get(logic.name());
        return store.locked(tx, heartbeat.host())
                .chain(before -> store.generations(tx, heartbeat.host()).chain(generations -> {
                    boolean same = SpecDigest.of(generations).equals(theirs);
                    HostDecision decision = protocol.onHeartbeat(before.orElse(null), heartbeat, same, tx.now());
                    boolean taken = decision.next() != null
                            && decision.next().epoch() == heartbeat.epoch()
                            && decision.next().counter() == heartbeat.counter();
                    return carryOut(tx, before.orElse(null), decision)
                            .chain(() -> taken && theirs != null && !same
                                    ? publishAgain(tx, heartbeat.host())
                                    : Uni.createFrom().voidItem());
                }));
    }

    /** Takes what another participant says of a host. */
    public Uni<Void> onEvent(Tx tx, HostEvent event) {
        return switch (event) {
            case HostDead said ->
                store.locked(tx, said.host())
                        .chain(before -> carryOut(tx, before.orElse(null), protocol.onDead(before.orElse(null), said)));
            case HostMaintenance said -> Uni.createFrom().voidItem().invoke(() -> maintenance.keep(tx, said));
        };
    }

    /**
     * Does what is due about a host.
     *
     * @param listening whether everything that hosts have said was taken
     */
    public Uni<Void> onDue(Tx tx, HostId host, boolean listening) {
        return store.locked(tx, host).chain(found -> {
            HostRecord before = found.orElseThrow();
            if (before.state() != State.LOST || before.dead()) {
                return carryOut(tx, before, protocol.onDue(before, listening, null, tx.now()));
            }
            return store.dead(tx)
                    .chain(dead -> store.around(tx, host).map(resources -> logic.fence(host, resources, dead)))
                    .chain(fence -> carryOut(tx, before, protocol.onDue(before, listening, fence, tx.now())));
        });
    }

    /**
     * Takes an operator's word that a host runs nothing any more.
     *
     * @throws Rejection through the result: NOT_FOUND, or CONFLICT if the host speaks
     */
    public Uni<HostRecord> declareDead(Tx tx, HostId host, String operator) {
        return store.locked(tx, host).chain(found -> {
            HostRecord before = found.orElseThrow(() -> Rejection.notFound("host"));
            HostDecision decision = protocol.declareDead(before, operator, tx.now())
                    .orElseThrow(() -> new Rejection(
                            ErrorCode.CONFLICT,
                            "host " + host + " speaks, last at " + before.heardAt()
                                    + ": switch it off, wait until it is no longer ALIVE, then say it again"));
            HostRecord next = decision.next() == null ? before : decision.next();
            return carryOut(tx, before, decision).replaceWith(next);
        });
    }

    /**
     * When a host is maintained.
     *
     * @throws Rejection through the result: NOT_FOUND if it was never heard of
     */
    public Uni<List<Maintenance>> maintenance(Tx tx, HostId host) {
        return store.names(tx)
                .invoke(names -> {
                    if (!names.contains(host)) {
                        throw Rejection.notFound("host");
                    }
                })
                .chain(() -> maintenance.of(tx, host))
                .map(known -> known.map(HostMaintenance::windows).orElse(List.of()));
    }

    private Uni<Void> carryOut(Tx tx, @Nullable HostRecord before, HostDecision decision) {
        HostRecord next = decision.next();
        if (next == null) {
            return Uni.createFrom().voidItem();
        }
        log(before, next);
        HostDead say = decision.say();
        if (say != null) {
            tx.send(Topics.HOST_EVENTS, say.host().value(), say);
        }
        return store.write(tx, next)
                .chain(() -> decision.parts() == Parts.LEFT_ALONE
                        ? Uni.createFrom().voidItem()
                        : store.concern(tx, next.host(), decision.parts() == Parts.TOLD))
                .chain(() -> decision.pools()
                        ? store.pools(tx, next.host(), next.pools(logic, before))
                        : Uni.createFrom().voidItem());
    }

    private static void log(@Nullable HostRecord before, HostRecord next) {
        State was = before == null ? State.ALIVE : before.state();
        boolean wasDead = before != null && before.dead();
        if (next.dead() != wasDead) {
            LOG.warnf("host %s is %s; %s", next.host(), next.dead() ? "dead" : "back and clean", next.note());
        } else if (next.state() != was && next.state() != State.ALIVE) {
            LOG.warnf("host %s is %s: last heard of at %s", next.host(), next.state(), next.heardAt());
        } else if (next.state() != was) {
            LOG.infof("host %s is heard again; %s", next.host(), next.note());
        }
        if (next.second() != null && (before == null || before.second() == null)) {
            LOG.warnf(
                    "a second agent claims to be host %s: machine %s; what it says is not taken",
                    next.host(), next.second().machineId());
        }
    }

    private Uni<Void> publishAgain(Tx tx, HostId host) {
        return store.settledSince(tx, host, tx.now().minus(config.republishAfter()))
                .invoke(resources -> {
                    if (!resources.isEmpty()) {
                        LOG.warnf("host %s does not know what is wanted on it; published again", host);
                    }
                    resources.forEach(r -> tx.send(Topics.desired(host), r.key().toString(), r));
                })
                .replaceWithVoid();
    }
}

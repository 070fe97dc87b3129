package io.archipelago.participant.app;

import io.archipelago.bus.Tx;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.SpecDigest;
import io.archipelago.participant.ParticipantConfig;
import io.archipelago.participant.persistence.HostRow;
import io.archipelago.participant.persistence.HostStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** What a participant does about the hosts of its site. */
@ApplicationScoped
public class HostService {

    private static final Logger LOG = Logger.getLogger(HostService.class);

    private final ParticipantLogic logic;
    private final ParticipantConfig config;
    private final ParticipantService parts;
    private final HostStore store;

    HostService(ParticipantLogic logic, ParticipantConfig config, ParticipantService parts, HostStore store) {
        this.logic = logic;
        this.config = config;
        this.parts = parts;
        this.store = store;
    }

    /** Makes bookable what the site has whatever its hosts. */
    public Uni<Void> open(Tx tx) {
        return store.pools(tx, logic.pools());
    }

    /** Takes a heartbeat: the host lives, has this, and knows that its agent should make these. */
    public Uni<Void> onHeartbeat(Tx tx, HostHeartbeat heartbeat) {
        return store.hear(tx, heartbeat)
                .chain(changed -> changed.map(row -> poolsOf(tx, row))
                        .orElseGet(() -> Uni.createFrom().voidItem())
                        .chain(() -> compare(tx, heartbeat)));
    }

    /** Takes what an agent saw; a thing of ours that nobody has a record of is left alone and told to operators. */
    public Uni<Void> onObserved(Tx tx, ResourceObserved observed) {
        if (observed.key().kind().owner() != logic.name()) {
            return Uni.createFrom().voidItem();
        }
        return store.knows(tx, observed.host(), observed.key())
                .chain(known -> known ? parts.onObserved(tx, observed) : stranger(tx, observed));
    }

    /** Closes the pools of a host that has fallen silent. */
    public Uni<Void> onSilent(Tx tx, HostId host) {
        return store.fallSilent(tx, host, config.lostAfter()).chain(row -> {
            LOG.warnf("host %s is %s: last heard of at %s", row.host(), row.state(), row.heardAt());
            return poolsOf(tx, row);
        });
    }

    private Uni<Void> poolsOf(Tx tx, HostRow row) {
        return store.pools(tx, logic.pools(row.host(), row.inventory(), row.open()));
    }

    private Uni<Void> compare(Tx tx, HostHeartbeat heartbeat) {
        String theirs = heartbeat.digests().get(logic.name());
        if (theirs == null) {
            return Uni.createFrom().voidItem();
        }
        return store.generations(tx, heartbeat.host())
                .chain(generations -> SpecDigest.of(generations).equals(theirs)
                        ? Uni.createFrom().voidItem()
                        : publishAgain(tx, heartbeat.host()));
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

    private Uni<Void> stranger(Tx tx, ResourceObserved observed) {
        boolean there = observed.phase() != Phase.ABSENT;
        if (there) {
            LOG.errorf(
                    "host %s has %s, of which there is no record; an operator decides",
                    observed.host(), observed.key());
        }
        return store.stranger(tx, observed, there);
    }
}

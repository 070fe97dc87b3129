package io.archipelago.participant.app;

import io.archipelago.bus.Tx;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.SpecDigest;
import io.archipelago.participant.ParticipantConfig;
import io.archipelago.participant.persistence.HostRow;
import io.archipelago.participant.persistence.HostStore;
import io.archipelago.participant.persistence.ResourceRow;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        return store.resource(tx, observed.host(), observed.key().toString())
                .chain(known -> known.isPresent() ? parts.onObserved(tx, observed) : stranger(tx, observed));
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
        return store.published(tx, heartbeat.host())
                .invoke(rows -> {
                    Map<ResourceKey, Long> generations = new HashMap<>();
                    rows.forEach(row ->
                            generations.put(row.resource().key(), row.resource().generation()));
                    if (!SpecDigest.of(generations).equals(theirs) && settled(tx, rows)) {
                        LOG.warnf("host %s does not know what is wanted on it; published again", heartbeat.host());
                        rows.stream()
                                .map(ResourceRow::resource)
                                .forEach(r -> tx.send(
                                        Topics.desired(r.host()), r.key().toString(), r.desired()));
                    }
                })
                .replaceWithVoid();
    }

    private boolean settled(Tx tx, List<ResourceRow> rows) {
        return rows.stream()
                .noneMatch(row -> row.changedAt().plus(config.republishAfter()).isAfter(tx.now()));
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

package io.archipelago.participant.app;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.Tx;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.participant.ParticipantMetrics;
import io.archipelago.participant.persistence.HostStore;
import io.archipelago.participant.persistence.StrangerStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jboss.logging.Logger;

/** What a participant does about what agents see, its own and strangers: things of ours that nobody has a record of. */
@ApplicationScoped
public class ObservationService {

    private static final Logger LOG = Logger.getLogger(ObservationService.class);

    private final ParticipantLogic logic;
    private final ParticipantService parts;
    private final HostStore store;
    private final StrangerStore strangers;
    private final ParticipantMetrics metrics;

    ObservationService(
            ParticipantLogic logic,
            ParticipantService parts,
            HostStore store,
            StrangerStore strangers,
            ParticipantMetrics metrics) {
        this.logic = logic;
        this.parts = parts;
        this.store = store;
        this.strangers = strangers;
        this.metrics = metrics;
    }

    /** Reads what is known of what agents saw, and of those who say so. */
    public Uni<Void> prepare(Tx tx, List<ResourceObserved> observed) {
        List<ResourceObserved> ours = observed.stream().filter(this::ours).toList();
        return store.witnesses(tx, ours)
                .chain(known -> parts.prepareObserved(
                        tx,
                        known.stream()
                                .map(seen -> seen.key().allocation())
                                .distinct()
                                .toList()));
    }

    /** Takes what an agent saw, unless it runs on another machine than the host's; a stranger is left alone and told to operators. */
    public Uni<Void> onObserved(Tx tx, ResourceObserved observed) {
        if (!ours(observed)) {
            return Uni.createFrom().voidItem();
        }
        return store.witness(tx, observed).chain(witness -> {
            if (!witness.believed()) {
                LOG.debugf("host %s: what machine %s says is not taken", observed.host(), observed.machineId());
                return Uni.createFrom().voidItem();
            }
            return witness.known() ? parts.onObserved(tx, observed) : stranger(tx, observed);
        });
    }

    private boolean ours(ResourceObserved observed) {
        return observed.key().kind().owner() == logic.name();
    }

    /** Says how many strangers there are. */
    public Uni<Void> count(Tx tx) {
        return strangers.strangers(tx).invoke(metrics::strangers).replaceWithVoid();
    }

    /**
     * Has a stranger removed: an operator says that it may go.
     *
     * @throws Rejection through the result: NOT_FOUND, or INVALID_REQUEST if its id names no allocation
     */
    public Uni<Void> removeStranger(Tx tx, HostId host, ResourceKey key, String operator) {
        return strangers.generationOfStranger(tx, host, key).chain(generation -> {
            long last = generation.orElseThrow(() -> Rejection.notFound("stranger"));
            Resource stranger;
            try {
                stranger = Resource.stranger(host, key, last + 1);
            } catch (IllegalArgumentException e) {
                throw Rejection.invalid("id", "of a thing that we could have made; this one: remove it on the host");
            }
            LOG.warnf("operator %s has %s removed from host %s, of which there was no record", operator, key, host);
            tx.send(Topics.desired(host), key.toString(), stranger.desired());
            return strangers.adopt(tx, stranger).chain(() -> count(tx));
        });
    }

    private Uni<Void> stranger(Tx tx, ResourceObserved observed) {
        boolean there = observed.phase() != Phase.ABSENT;
        return strangers
                .stranger(tx, observed, there)
                .invoke(count -> {
                    if (count < 0) {
                        return;
                    }
                    metrics.strangers(count);
                    if (there) {
                        LOG.warnf(
                                "host %s has %s, of which there is no record; an operator decides",
                                observed.host(), observed.key());
                    }
                })
                .replaceWithVoid();
    }
}

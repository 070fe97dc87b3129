package io.archipelago.placement.app;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.participant.persistence.PartStore;
import io.archipelago.placement.PlacementConfig;
import io.archipelago.placement.domain.SitePlanner;
import io.archipelago.placement.persistence.PeerPathStore;
import io.archipelago.placement.persistence.SiteCapacityStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Answers which sites give how many machines, and says what this one has. */
@ApplicationScoped
public class PlanningService {

    private final SitePlanner planner;
    private final PartStore parts;
    private final SiteCapacityStore capacities;
    private final PeerPathStore paths;
    private final PlacementConfig config;
    private final SiteId own;

    PlanningService(
            SitePlanner planner,
            PartStore parts,
            SiteCapacityStore capacities,
            PeerPathStore paths,
            PlacementConfig config,
            BusConfig bus) {
        this.planner = planner;
        this.parts = parts;
        this.capacities = capacities;
        this.paths = paths;
        this.config = config;
        this.own = new SiteId(bus.site());
    }

    /** Answers the question. */
    public Uni<Void> plan(Tx tx, PlanSites question) {
        return capacities
                .all(tx)
                .chain(peers -> paths.roundTrips(tx).chain(roundTrips -> plan(tx, question, peers, roundTrips)))
                .invoke(answer -> tx.send(
                        Topics.events("placement"), question.reservation().toString(), answer))
                .replaceWithVoid();
    }

    private Uni<PlacementMessage> plan(
            Tx tx, PlanSites question, Map<SiteId, CapacityAdvertised> peers, Map<SiteId, Double> roundTrips) {
        return parts.free(tx, Set.of(new AllocationId(question.reservation(), own)))
                .map(here -> planner.plan(question, here, peers, roundTrips))
                .chain(answer -> answer instanceof PlanRefused
                        // Only a refusal needs to see every single booking: it tells when it would fit.
                        ? (question.offered() ? parts.calendar(tx) : parts.calendarWithoutOffers(tx))
                                .map(here -> planner.plan(question, here, peers, roundTrips))
                        : Uni.createFrom().item(answer));
    }

    /** Says what could be had instead of something that was refused. */
    public Uni<Void> find(Tx tx, FindAlternatives question) {
        return capacities
                .all(tx)
                .chain(peers -> parts.calendarWithoutOffers(tx, question.tenant())
                        .map(here -> planner.alternatives(question, here, peers)))
                .invoke(found ->
                        tx.send(Topics.events("placement"), found.reservation().toString(), found))
                .replaceWithVoid();
    }

    /** Keeps what a peer advertises. */
    public Uni<Void> keep(Tx tx, CapacityAdvertised capacity) {
        return capacities.keep(tx, capacity);
    }

    /** Keeps how far a peer is. */
    public Uni<Void> keep(Tx tx, PathMeasured path) {
        return paths.keep(tx, path);
    }

    /** Advertises what this site has free, if that has changed or was not said for long, and arranges for the next look. */
    public Uni<Void> advertise(Tx tx) {
        return parts.free(tx, Set.of())
                .map(here -> planner.advertise(here, tx.now(), config.advertisedSlices()))
                .chain(capacity -> capacities
                        .own(tx, own)
                        .chain(before -> worthSaying(before, capacity)
                                ? say(tx, capacity)
                                : Uni.createFrom().voidItem()))
                .chain(() -> capacities.lookAgainAt(tx, own, tx.now().plus(config.advertiseEvery())));
    }

    private Uni<Void> say(Tx tx, CapacityAdvertised capacity) {
        tx.send(Topics.events("placement"), own.value(), capacity);
        return capacities.keep(tx, capacity);
    }

    private boolean worthSaying(Optional<CapacityAdvertised> before, CapacityAdvertised now) {
        return before.isEmpty()
                || !Objects.equals(before.get().price(), now.price())
                || !sameRoom(before.get(), now)
                || !before.get().at().plus(config.advertiseAtLeastEvery()).isAfter(now.at());
    }

    /** The first slice begins now, whenever that is. */
    private static boolean sameRoom(CapacityAdvertised a, CapacityAdvertised b) {
        List<?> laterOfA = a.slices().subList(1, a.slices().size());
        List<?> laterOfB = b.slices().subList(1, b.slices().size());
        return laterOfA.equals(laterOfB)
                && a.slices().getFirst().hosts().equals(b.slices().getFirst().hosts());
    }
}

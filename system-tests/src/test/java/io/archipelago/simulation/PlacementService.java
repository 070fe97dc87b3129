package io.archipelago.simulation;

import io.archipelago.bus.booking.Calendar;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.placement.domain.PlacementLogic;
import io.archipelago.placement.domain.SitePlanner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Placement plans sites as well, from its own calendar and from what peers advertise. */
final class PlacementService extends ParticipantService {

    private static final Object ADVERTISE = "advertise";
    private static final int SLICES = 8;

    private final SitePlanner planner;
    private final Map<SiteId, CapacityAdvertised> peers = new TreeMap<>();
    private Instant advertiseAt;

    PlacementService(World world, Site site) {
        super(world, site, new PlacementLogic());
        this.planner = new SitePlanner(site.id(), protocol()::booked, null, Duration.ofMinutes(5));
        this.advertiseAt = site.now();
    }

    @Override
    @Nullable
    Work work(Posted posted) {
        return switch (posted.message()) {
            case PlanSites question ->
                Work.on(
                        question,
                        posted.id(),
                        List.of(question.reservation()),
                        tx -> tx.send(
                                Topics.events("placement"),
                                question.reservation(),
                                plan(question, calendar(tx.now()))));
            case FindAlternatives question ->
                Work.on(
                        question,
                        posted.id(),
                        List.of(question.reservation()),
                        tx -> tx.send(
                                Topics.events("placement"),
                                question.reservation(),
                                planner.alternatives(question, Probes.withoutOffers(this, calendar(tx.now())), peers)));
            case CapacityAdvertised advertised ->
                Work.on(
                        advertised,
                        posted.id(),
                        List.of(advertised.site()),
                        tx -> tx.write(() -> peers.put(advertised.site(), advertised)));
            case null, default -> super.work(posted);
        };
    }

    @Override
    @Nullable
    Instant due(Object row) {
        return row.equals(ADVERTISE) ? world().workloadOver() ? null : advertiseAt : super.due(row);
    }

    @Override
    Work dueWork(Object row) {
        return row.equals(ADVERTISE) ? Work.due("advertise", row, () -> false, this::advertise) : super.dueWork(row);
    }

    @Override
    Collection<Object> rows() {
        List<Object> rows = new ArrayList<>(super.rows());
        rows.add(ADVERTISE);
        return rows;
    }

    private PlacementMessage plan(PlanSites question, Calendar all) {
        PlacementMessage plan = planner.plan(question, all, peers);
        return plan instanceof PlanRefused && !question.offered()
                ? planner.plan(question, Probes.withoutOffers(this, all), peers)
                : plan;
    }

    private void advertise(Transaction tx) {
        if (tx.now().isBefore(advertiseAt)) {
            return;
        }
        tx.send(Topics.events("placement"), site().id(), planner.advertise(calendar(tx.now()), tx.now(), SLICES));
        tx.write(() -> advertiseAt = tx.now().plus(world().figures().advertiseEvery()));
    }
}

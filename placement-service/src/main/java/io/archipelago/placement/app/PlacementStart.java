package io.archipelago.placement.app;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.DueRows;
import io.archipelago.bus.DueWork;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.bus.protocol.ParticipantLogic;
import io.archipelago.bus.protocol.ParticipantProtocol;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.placement.PlacementConfig;
import io.archipelago.placement.domain.PlacementLogic;
import io.archipelago.placement.domain.SitePlanner;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Makes placement a participant that also plans. */
@ApplicationScoped
class PlacementStart {

    private static final Duration START_WITHIN = Duration.ofSeconds(30);

    @Produces
    @Singleton
    ParticipantLogic logic() {
        return new PlacementLogic();
    }

    @Produces
    @Singleton
    SitePlanner planner(ParticipantProtocol protocol, BusConfig bus, PlacementConfig config) {
        return new SitePlanner(new SiteId(bus.site()), protocol::booked, price(config.price()), config.believeFor());
    }

    private static @Nullable Double price(OptionalDouble price) {
        if (price.isPresent() && !(price.getAsDouble() >= 0 && Double.isFinite(price.getAsDouble()))) {
            throw new IllegalArgumentException("placement.price is a number of 0 or more, not " + price.getAsDouble());
        }
        return price.isPresent() ? price.getAsDouble() : null;
    }

    void begin(@Observes StartupEvent event, DueWork due, UnitOfWork unitOfWork, PlanningService planning) {
        unitOfWork.inTransaction(planning::advertise).await().atMost(START_WITHIN);
        due.register(
                "advertising capacity",
                new DueRows("site_capacity", "site", "advertise_at"),
                (tx, site) -> planning.advertise(tx));
    }
}

package io.archipelago.placement.messaging;

import io.archipelago.bus.Inbox;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.placement.app.PlanningService;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** What placement reads to plan. */
@ApplicationScoped
class PlacementConsumer {

    private static final String CONSUMER = "placement";

    private final Inbox inbox;
    private final PlanningService planning;

    PlacementConsumer(Inbox inbox, PlanningService planning) {
        this.inbox = inbox;
        this.planning = planning;
        inbox.register(CONSUMER, Topics.PLACEMENT_COMMANDS, this::take);
        inbox.register(CONSUMER, Topics.RESERVATION_EVENTS, this::take);
    }

    @Incoming("placement-commands")
    Uni<Void> commands(ConsumerRecords<String, String> batch) {
        return inbox.apply(CONSUMER, batch, this::take);
    }

    @Incoming("reservation-events")
    Uni<Void> events(ConsumerRecords<String, String> batch) {
        return inbox.apply(CONSUMER, batch, this::take);
    }

    private Uni<Void> take(Tx tx, Envelope envelope) {
        return switch ((PlacementMessage) envelope.message()) {
            case PlanSites question -> planning.plan(tx, question);
            case FindAlternatives question -> planning.find(tx, question);
            case CapacityAdvertised capacity -> planning.keep(tx, capacity);
            case PathMeasured path -> planning.keep(tx, path);
            case SitesPlanned own -> Uni.createFrom().voidItem();
            case PlanRefused own -> Uni.createFrom().voidItem();
            case AlternativesFound own -> Uni.createFrom().voidItem();
        };
    }
}

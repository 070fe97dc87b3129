package io.archipelago.reservation.messaging;

import io.archipelago.bus.Inbox;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.reservation.app.AllocationService;
import io.archipelago.reservation.app.FederationService;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.app.ReservationStart;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** What this site's participants answer. */
@ApplicationScoped
class AnswerConsumer {

    private static final String CONSUMER = "reservation";

    private final Inbox inbox;
    private final ReservationService reservations;
    private final AllocationService allocations;
    private final FederationService federation;
    private final ReservationStart start;
    private final Inbox.Handler handler = Inbox.Handler.prepared(this::prepare, this::take);

    AnswerConsumer(
            Inbox inbox,
            ReservationService reservations,
            AllocationService allocations,
            FederationService federation,
            ReservationStart start) {
        this.inbox = inbox;
        this.reservations = reservations;
        this.allocations = allocations;
        this.federation = federation;
        this.start = start;
        // What an operator replays takes effect no sooner than what is read.
        start.begun().subscribe().with(ignored -> register());
    }

    private void register() {
        Topics.SERVICES.stream()
                .filter(service -> !service.equals(CONSUMER))
                .forEach(service -> inbox.register(CONSUMER, Topics.events(service), handler));
    }

    @Incoming("answers")
    Uni<Void> answers(ConsumerRecords<String, String> batch) {
        return start.begun().chain(() -> inbox.apply(CONSUMER, batch, handler));
    }

    private Uni<Void> prepare(Tx tx, List<Envelope> envelopes) {
        List<ReservationId> planned = new ArrayList<>();
        List<ReservationId> refused = new ArrayList<>();
        List<AllocationId> told = new ArrayList<>();
        for (Envelope envelope : envelopes) {
            switch (envelope.message()) {
                case AllocationEvent event -> told.add(event.allocation());
                case SitesPlanned plan -> planned.add(plan.reservation());
                case PlanRefused no -> planned.add(no.reservation());
                case AlternativesFound found -> refused.add(found.reservation());
                default -> {}
            }
        }
        return reservations.prepare(tx, planned, refused).chain(() -> allocations.prepare(tx, told));
    }

    private Uni<Void> take(Tx tx, Envelope envelope) {
        return switch (envelope.message()) {
            case AllocationEvent event -> allocations.onEvent(tx, event);
            case CapacityAdvertised capacity -> federation.advertise(tx, capacity);
            case PathMeasured path -> federation.tellPlacement(tx, path);
            case PlacementMessage placement -> reservations.onPlacement(tx, placement);
            default -> throw new IllegalArgumentException("no answer of a participant");
        };
    }
}

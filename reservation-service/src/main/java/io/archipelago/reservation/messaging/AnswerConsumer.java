package io.archipelago.reservation.messaging;

import io.archipelago.bus.Inbox;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.placement.PlacementMessage;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.reservation.app.AllocationService;
import io.archipelago.reservation.app.FederationService;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.app.ReservationStart;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** What this site's participants answer. */
@ApplicationScoped
class AnswerConsumer {

    private final Inbox inbox;
    private final ReservationService reservations;
    private final AllocationService allocations;
    private final FederationService federation;
    private final ReservationStart start;

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
    }

    @Incoming("answers")
    Uni<Void> answers(ConsumerRecords<String, String> batch) {
        return start.begun().chain(() -> inbox.apply("reservation", batch, this::take));
    }

    private Uni<Void> take(Tx tx, Envelope envelope) {
        return switch (envelope.message()) {
            case AllocationEvent event -> allocations.onEvent(tx, event);
            case CapacityAdvertised capacity -> federation.advertise(tx, capacity);
            case PlacementMessage placement -> reservations.onPlacement(tx, placement);
            default -> throw new IllegalArgumentException("no answer of a participant");
        };
    }
}

package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Booking;
import io.archipelago.contracts.allocation.AllocationEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written and said in one transaction.
 *
 * @param next the part's next state; null: as it is
 * @param bookings what becomes of its bookings
 * @param resources resources to be stored
 * @param publish which of them to publish for their agents
 * @param forget which of them to take from the agents' topics
 * @param answers what to tell the reservation-service
 */
public record PartDecision(
        @Nullable Part next,
        Change bookings,
        List<Resource> resources,
        List<Resource> publish,
        List<Resource> forget,
        List<AllocationEvent> answers) {

    static final PartDecision NOTHING = new PartDecision(null, new Keep(), List.of(), List.of(), List.of(), List.of());

    static PartDecision answer(AllocationEvent answer) {
        return NOTHING.answering(answer);
    }

    static PartDecision to(Part next, Change bookings) {
        return new PartDecision(next, bookings, List.of(), List.of(), List.of(), List.of());
    }

    PartDecision answering(AllocationEvent answer) {
        return new PartDecision(next, bookings, resources, publish, forget, List.of(answer));
    }

    PartDecision booking(Change change) {
        return new PartDecision(next, change, resources, publish, forget, answers);
    }

    PartDecision answering(List<AllocationEvent> more) {
        return new PartDecision(next, bookings, resources, publish, forget, more);
    }

    /** Stores the resources and publishes them. */
    PartDecision publishing(List<Resource> changed) {
        return new PartDecision(next, bookings, changed, changed, forget, answers);
    }

    PartDecision storing(List<Resource> changed, List<Resource> published) {
        return new PartDecision(next, bookings, changed, published, forget, answers);
    }

    PartDecision forgetting(List<Resource> gone) {
        return new PartDecision(next, bookings, resources, publish, gone, answers);
    }

    /** What becomes of an allocation's bookings. */
    public sealed interface Change {}

    /** They stay as they are. */
    public record Keep() implements Change {}

    /** They are replaced. */
    public record Book(List<Booking> bookings) implements Change {}

    /** Held becomes confirmed. */
    public record Confirm() implements Change {}

    /** They are deleted. */
    public record Drop() implements Change {}
}

package io.archipelago.simulation;

import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.protocol.Part;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a participant does about what it is only asked about. */
final class Probes {

    private Probes() {}

    /** Nothing is locked, and nothing is written. */
    static @Nullable Work work(ParticipantService service, HoldAllocation hold, Posted posted) {
        if (service.world().broken(Mutation.PROBE_BOOKS)) {
            return service.work(
                    new Posted(posted.id(), posted.topic(), posted.key(), posted.stream(), Forgetful.purpose(hold)));
        }
        String topic = Topics.events(service.logic().name().service());
        return Work.on(
                hold, posted.id(), List.of(), tx -> tx.send(topic, hold.allocation(), answer(service, hold, tx.now())));
    }

    private static AllocationEvent answer(ParticipantService service, HoldAllocation hold, Instant now) {
        Calendar all = service.calendar(now);
        AllocationEvent firm = service.protocol().probe(hold, withoutOffers(service, all), now);
        return firm instanceof AllocationRefused ? service.protocol().probe(hold, all, now) : firm;
    }

    /** They make way, and all are one tenant's. */
    static Calendar withoutOffers(ParticipantService service, Calendar all) {
        Calendar firm = all;
        for (Part part : service.parts().values()) {
            if (part instanceof Part.Held held && held.offer()) {
                firm = firm.without(held.allocation());
            }
        }
        return firm;
    }
}

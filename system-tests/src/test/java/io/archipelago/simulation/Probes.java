package io.archipelago.simulation;

import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.protocol.Part;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import java.time.Instant;
import java.util.List;

/** What a participant does about what it is only asked about. */
final class Probes {

    private Probes() {}

    /** Nothing is locked, and nothing is written. */
    static Work work(ParticipantService service, HoldAllocation hold, long message) {
        String topic = Topics.events(service.logic().name().service());
        return Work.on(
                hold, message, List.of(), tx -> tx.send(topic, hold.allocation(), answer(service, hold, tx.now())));
    }

    private static AllocationEvent answer(ParticipantService service, HoldAllocation hold, Instant now) {
        Calendar all = service.calendar(now);
        AllocationEvent answer = service.protocol().probe(hold, all, now);
        return answer instanceof AllocationRefused
                ? service.protocol().probe(hold, withoutOffers(service, all), now)
                : answer;
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

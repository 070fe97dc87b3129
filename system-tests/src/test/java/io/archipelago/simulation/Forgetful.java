package io.archipelago.simulation;

import io.archipelago.bus.protocol.Part;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.host.Phase;

/** What is not so, for mutations. */
final class Forgetful {

    private Forgetful() {}

    /** For {@link Mutation#FENCED_UNSEEN}: the resource as if it had been seen as it should be. */
    static Resource ready(Resource r) {
        return new Resource(
                r.host(),
                r.key(),
                r.name(),
                r.generation(),
                r.absent(),
                r.notAfter(),
                r.spec(),
                Phase.READY,
                "",
                r.epoch(),
                r.counter());
    }

    /** For {@link Mutation#SEQUENCE_FORGOTTEN}: the part as if no command had been seen. */
    static Part sequence(Part part) {
        return switch (part) {
            case Part.Held p -> new Part.Held(p.allocation(), 0, p.spec(), p.chosen(), p.bookings(), p.until());
            case Part.Refused p -> new Part.Refused(p.allocation(), 0, p.refusal());
            case Part.Confirmed p -> new Part.Confirmed(0, p.lease());
            case Part.Deploying p ->
                new Part.Deploying(0, p.lease(), p.progress(), p.waitingFor(), p.checkAt(), p.tellAt());
            case Part.Releasing p -> new Part.Releasing(p.allocation(), 0);
            case Part.Released p -> new Part.Released(p.allocation(), 0);
        };
    }
}

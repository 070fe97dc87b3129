package io.archipelago.simulation;

import io.archipelago.contracts.Message;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.reservation.domain.Allocation;
import org.jspecify.annotations.Nullable;

/** Whether a message, should it come again under another id, must change nothing. */
final class Overtaken {

    private Overtaken() {}

    static boolean is(Site site, @Nullable Message message) {
        return switch (message) {
            case AllocationCommand command ->
                site.participants().stream()
                        .map(participant -> participant.parts().get(command.allocation()))
                        .allMatch(part -> part != null && part.sequence() > command.sequence());
            case AllocationEvent event -> {
                Allocation allocation = site.reservation().allocations().get(event.allocation());
                yield allocation != null && allocation.header().sequence() > event.sequence();
            }
            case null, default -> false;
        };
    }
}

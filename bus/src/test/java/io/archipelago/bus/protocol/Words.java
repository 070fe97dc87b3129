package io.archipelago.bus.protocol;

import io.archipelago.contracts.MessageTypes;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import java.util.ArrayList;
import java.util.List;

/** A decision in the words of docs/messages.md. */
final class Words {

    private Words() {}

    static String of(PartDecision decision) {
        List<String> words = new ArrayList<>();
        decision.answers().forEach(answer -> words.add(answer(answer)));
        Part next = decision.next();
        if (next != null) {
            words.add("→ " + next.getClass().getSimpleName());
        }
        switch (decision.bookings()) {
            case PartDecision.Keep keep -> {}
            case PartDecision.Book book -> words.add("books");
            case PartDecision.Confirm confirm -> words.add("books for good");
            case PartDecision.Drop drop -> words.add("gives back");
        }
        if (!decision.publish().isEmpty()) {
            words.add("publishes");
        }
        if (!decision.forget().isEmpty()) {
            words.add("tombstones");
        }
        return words.isEmpty()
                ? "nothing"
                : String.join(", ", words).replace("`, →", "` →").replace(", → ", " → ");
    }

    private static String answer(AllocationEvent answer) {
        String name = "`" + MessageTypes.nameOf(answer) + "`";
        return switch (answer) {
            case AllocationRefused refused -> name + " " + refused.refusal().code();
            case AllocationProgress progress -> name + " " + progress.progress();
            default -> name;
        };
    }
}

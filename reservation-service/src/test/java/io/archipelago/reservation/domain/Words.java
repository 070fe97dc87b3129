package io.archipelago.reservation.domain;

import io.archipelago.contracts.MessageTypes;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.reservation.domain.Outgoing.ToParticipants;
import io.archipelago.reservation.domain.Outgoing.ToPlacement;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import java.util.Optional;
import java.util.stream.Collectors;

/** Decisions in the words of docs/messages.md and docs/deadlines.md. */
final class Words {

    private Words() {}

    static <S> String of(Optional<Decision<S>> decision) {
        return decision.map(Words::of).orElse("nothing");
    }

    static <S> String of(Decision<S> decision) {
        String said = decision.messages().stream().map(Words::of).distinct().collect(Collectors.joining(", "));
        return (said + " → " + state(decision.next())).strip();
    }

    static String state(Object state) {
        String name = state.getClass().getSimpleName();
        return switch (state) {
            case Clustered.Running running -> name + "(" + running.state() + ")";
            case Reservation.Closed closed -> name + "(" + closed.state() + ")";
            default -> name;
        };
    }

    private static String of(Outgoing message) {
        return switch (message) {
            case ToParticipants to -> "`" + MessageTypes.nameOf(to.command()) + "`";
            case ToPlacement to -> "`" + MessageTypes.nameOf(to.question()) + "`";
            case ToSite to -> of(to.message());
        };
    }

    private static String of(ShareMessage message) {
        String name = "`" + MessageTypes.nameOf(message) + "`";
        return switch (message) {
            case ShareRefused refused ->
                name + " " + refused.refusals().getFirst().code();
            case ShareStatus status -> name + " " + status.progress();
            default -> name;
        };
    }
}

package io.archipelago.reservation.domain;

import java.util.List;

/**
 * The outcome of a move: what is to be stored and said in one transaction.
 *
 * @param next the next state
 * @param messages what is sent, in this order
 */
public record Decision<S>(S next, List<Outgoing> messages) {

    public Decision {
        messages = List.copyOf(messages);
    }

    static <S> Decision<S> of(S next, Outgoing... messages) {
        return new Decision<>(next, List.of(messages));
    }
}

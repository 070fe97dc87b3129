package io.archipelago.reservation.app;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Topics;
import io.archipelago.reservation.domain.Outgoing;
import io.archipelago.reservation.domain.Outgoing.ToParticipants;
import io.archipelago.reservation.domain.Outgoing.ToPlacement;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.persistence.OutboundStreams;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Sends what a decision says, each message where it belongs. */
@ApplicationScoped
class Dispatch {

    private final OutboundStreams streams;

    Dispatch(OutboundStreams streams) {
        this.streams = streams;
    }

    void send(Tx tx, List<Outgoing> messages) {
        for (Outgoing message : messages) {
            switch (message) {
                case ToParticipants(var command) ->
                    tx.send(Topics.ALLOCATION_COMMANDS, command.allocation().toString(), command);
                case ToPlacement(var question) ->
                    tx.send(Topics.PLACEMENT_COMMANDS, question.reservation().toString(), question);
                case ToSite(var site, var share) ->
                    streams.say(tx, site, share.allocation().toString(), share);
            }
        }
    }
}

package io.archipelago.simulation;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Message;
import io.archipelago.wire.Json;
import io.archipelago.wire.Wire;
import io.archipelago.wire.Wire.UnreadableMessage;
import java.time.Instant;
import java.util.UUID;

/** Writes what a history stores and says as production does, and reads it again; for a part of the histories, since it takes its time. */
final class Storable {

    private final boolean wanted;

    Storable(boolean wanted) {
        this.wanted = wanted;
    }

    void check(Class<?> declared, Object state) {
        if (wanted && !Json.read(Json.writeAs(declared, state), declared).equals(state)) {
            throw new InvariantBroken(state + " is not the same after it was stored");
        }
    }

    void check(Posted posted) {
        Message message = posted.message();
        if (!wanted || message == null) {
            return;
        }
        Envelope envelope = new Envelope(
                new UUID(0, posted.id()),
                "/site/service",
                "subject",
                Instant.EPOCH,
                "correlation",
                posted.stream(),
                message);
        try {
            if (!Wire.read(Wire.write(envelope)).equals(envelope)) {
                throw new InvariantBroken(message + " is not the same after it was sent");
            }
        } catch (UnreadableMessage e) {
            throw new InvariantBroken(message + " cannot be read after it was sent: " + e.getMessage());
        }
    }
}

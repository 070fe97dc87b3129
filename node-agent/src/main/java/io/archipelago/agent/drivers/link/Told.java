package io.archipelago.agent.drivers.link;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.wire.Json;

/** What programs tell as JSON. */
final class Told {

    private Told() {}

    static JsonNode json(String program, String told) throws DriverFault {
        try {
            return Json.mapper().readTree(told.isBlank() ? "[]" : told);
        } catch (JsonProcessingException e) {
            throw DriverFault.failed("%s did not answer as it should: %s".formatted(program, e.getOriginalMessage()));
        }
    }
}

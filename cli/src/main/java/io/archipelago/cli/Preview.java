package io.archipelago.cli;

import static io.archipelago.cli.Reservation.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;

/** What a site says of something that was only asked about. The whole body is kept, as that of a {@link Reservation} is. */
record Preview(JsonNode body) {

    String id() {
        return text(body, "id");
    }

    String state() {
        return text(body, "state");
    }

    boolean fits() {
        return state().equals("FITS");
    }

    /** Whether sites are still being asked, about it or about what could be had instead. */
    boolean isPending() {
        return state().equals("ASKING")
                || alternatives().stream().anyMatch(each -> text(each, "state").equals("ASKING"));
    }

    List<JsonNode> problems() {
        return list("problems");
    }

    List<JsonNode> alternatives() {
        return list("alternatives");
    }

    private List<JsonNode> list(String field) {
        return StreamSupport.stream(body.path(field).spliterator(), false).toList();
    }
}

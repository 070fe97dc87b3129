package io.archipelago.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;

/** Prints what was asked for, in the form that was asked for. */
final class Output {
    enum Form {
        table,
        json,
        yaml
    }

    private static final ObjectMapper PRETTY_JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    private final Form form;
    private final Console console;

    Output(Form form, Console console) {
        this.form = form;
        this.console = console;
    }

    void print(Reservation reservation) {
        switch (form) {
            case table -> new ReservationTable(console).printOne(reservation);
            case json -> write(PRETTY_JSON, reservation.body());
            case yaml -> write(YAML, reservation.body());
        }
        console.out().flush();
    }

    void print(Preview preview) {
        switch (form) {
            case table -> new PreviewTable(console).print(preview);
            case json -> write(PRETTY_JSON, preview.body());
            case yaml -> write(YAML, preview.body());
        }
        console.out().flush();
    }

    void print(ReservationClient.Listing listing) {
        switch (form) {
            case table -> new ReservationTable(console).printList(listing.items());
            case json -> write(PRETTY_JSON, document(listing.items()));
            case yaml -> write(YAML, document(listing.items()));
        }
        console.out().flush();
    }

    /** For a stream of changes: a line per change, a JSON document per line, or YAML documents. */
    void printChange(Reservation reservation, Progress progress) {
        switch (form) {
            case table -> progress.show(reservation);
            case json -> console.out().println(reservation.body());
            case yaml -> {
                console.out().println("---");
                write(YAML, reservation.body());
            }
        }
        console.out().flush();
    }

    private static ObjectNode document(List<Reservation> items) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        items.forEach(item -> array.add(item.body()));
        return JsonNodeFactory.instance.objectNode().set("items", array);
    }

    private void write(ObjectMapper mapper, JsonNode node) {
        try {
            console.out().println(mapper.writeValueAsString(node).stripTrailing());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("A tree can always be written", impossible);
        }
    }
}

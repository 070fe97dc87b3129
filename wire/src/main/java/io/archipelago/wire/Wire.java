package io.archipelago.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.MessageTypes;
import io.archipelago.contracts.federation.StreamPosition;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes and reads envelopes as CloudEvents 1.0 in structured JSON. */
public final class Wire {

    public static final String CONTENT_TYPE = "application/cloudevents+json";

    private Wire() {}

    /** The JSON text of an envelope. */
    public static String write(Envelope envelope) {
        ObjectNode event = Json.mapper().createObjectNode();
        event.put("specversion", "1.0");
        event.put("id", envelope.id().toString());
        event.put("source", envelope.source());
        event.put("type", MessageTypes.nameOf(envelope.message()));
        event.put("subject", envelope.subject());
        event.put("time", envelope.time().toString());
        event.put("datacontenttype", "application/json");
        event.put("correlationid", envelope.correlationId());
        StreamPosition stream = envelope.stream();
        if (stream != null) {
            event.put("streamfrom", stream.from().value());
            event.put("streamepoch", Long.toString(stream.epoch()));
            event.put("streamsequence", Long.toString(stream.sequence()));
        }
        event.set("data", Json.mapper().valueToTree(envelope.message()));
        return event.toString();
    }

    /**
     * Reads an envelope.
     *
     * @throws UnreadableMessage if the text is no CloudEvent of ours, or lacks a field that its message must have: no retry will help
     */
    public static Envelope read(@Nullable String json) throws UnreadableMessage {
        if (json == null) {
            throw new UnreadableMessage("no value");
        }
        try {
            JsonNode event = Json.mapper().readTree(json);
            String type = text(event, "type");
            Class<? extends Message> record =
                    MessageTypes.classOf(type).orElseThrow(() -> new UnreadableMessage("unknown type '" + type + "'"));
            JsonNode data = event.get("data");
            if (data == null || !data.isObject()) {
                throw new UnreadableMessage("no data");
            }
            RequiredFields.check(data, record);
            return new Envelope(
                    UUID.fromString(text(event, "id")),
                    text(event, "source"),
                    text(event, "subject"),
                    Instant.parse(text(event, "time")),
                    text(event, "correlationid"),
                    stream(event),
                    Json.mapper().treeToValue(data, record));
        } catch (JsonProcessingException e) {
            throw new UnreadableMessage(e.getOriginalMessage());
        } catch (RuntimeException e) {
            throw new UnreadableMessage(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable StreamPosition stream(JsonNode event) throws UnreadableMessage {
        if (!event.has("streamfrom")) {
            return null;
        }
        return new StreamPosition(
                new SiteId(text(event, "streamfrom")),
                Long.parseLong(text(event, "streamepoch")),
                Long.parseLong(text(event, "streamsequence")));
    }

    private static String text(JsonNode event, String attribute) throws UnreadableMessage {
        JsonNode value = event.get(attribute);
        if (value == null || !value.isTextual()) {
            throw new UnreadableMessage("no attribute '" + attribute + "'");
        }
        return value.textValue();
    }

    /** A text that is no message of ours. */
    public static final class UnreadableMessage extends Exception {
        private static final long serialVersionUID = 1L;

        public UnreadableMessage(String why) {
            super(why);
        }
    }
}

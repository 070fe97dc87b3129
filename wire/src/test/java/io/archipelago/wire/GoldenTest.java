package io.archipelago.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.MessageTypes;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The wire may only grow: what {@code golden/<type>.v1.json} shows is written, and is read for ever. */
class GoldenTest {

    @ParameterizedTest
    @MethodSource("samples")
    void writesWhatTheGoldenSampleShows(String name, Message message) throws Exception {
        String written = Wire.write(MessageSamples.envelope(message));

        assertThat(Json.mapper().readTree(written)).isEqualTo(golden(name));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void readsTheGoldenSample(String name, Message message) throws Exception {
        Envelope read = Wire.read(golden(name).toString());

        assertThat(read).isEqualTo(MessageSamples.envelope(message));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void passesOverFieldsThatANewerSenderAdds(String name, Message message) throws Exception {
        // Given
        ObjectNode newer = golden(name);
        newer.put("newattribute", "x");
        addUnknown(newer.get("data"), message.getClass());

        // When
        Envelope read = Wire.read(newer.toString());

        // Then
        assertThat(read).isEqualTo(MessageSamples.envelope(message));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void refusesAMessageThatLacksAFieldAndNamesIt(String name, Message message) throws Exception {
        int checked = refuseWithoutEach(golden(name), "data", message.getClass(), name);

        assertThat(checked).isPositive();
    }

    /** Takes away, one at a time, every field of every record within a record, however deep; the number of fields that are required. */
    private static int refuseWithoutEach(ObjectNode whole, String path, Type type, String name) throws Exception {
        int required = 0;
        JsonNode at = whole.at("/" + path.replace('.', '/'));
        if (!(type instanceof Class<?> record) || !record.isRecord() || !at.isObject()) {
            return 0;
        }
        for (RecordComponent component : record.getRecordComponents()) {
            String field = path + "." + component.getName();
            if (at.has(component.getName())) {
                required += refuseWithoutEach(whole, field, component.getGenericType(), name);
            }
            if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                ObjectNode without = whole.deepCopy();
                ((ObjectNode) without.at("/" + path.replace('.', '/'))).remove(component.getName());
                assertThatThrownBy(() -> Wire.read(without.toString()))
                        .as(name + " without " + field)
                        .isInstanceOf(Wire.UnreadableMessage.class)
                        .hasMessageContaining("'" + field + "'");
                required++;
            }
        }
        return required;
    }

    @Test
    void hasASampleOfEveryRegisteredType() {
        assertThat(MessageTypes.all())
                .allSatisfy(type -> assertThat(MessageSamples.all().values()).hasAtLeastOneElementOfType(type));
    }

    static Stream<Arguments> samples() {
        return MessageSamples.all().entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    private static ObjectNode golden(String sample) throws IOException {
        String name = "/golden/" + sample + ".v1.json";
        try (InputStream text = GoldenTest.class.getResourceAsStream(name)) {
            assertThat(text).as("src/test/resources" + name).isNotNull();
            return (ObjectNode) Json.mapper().readTree(text);
        }
    }

    /** Adds a field to every record within a record, however deep. */
    private static void addUnknown(JsonNode node, Type type) {
        if (node.isArray() && type instanceof ParameterizedType list) {
            node.forEach(element -> addUnknown(element, list.getActualTypeArguments()[0]));
        } else if (node instanceof ObjectNode object && type instanceof Class<?> declared) {
            if (declared.isRecord()) {
                for (RecordComponent component : declared.getRecordComponents()) {
                    if (object.has(component.getName())) {
                        addUnknown(object.get(component.getName()), component.getGenericType());
                    }
                }
            }
            object.put("newField", 1).putObject("newObject").put("inside", true);
        }
    }
}

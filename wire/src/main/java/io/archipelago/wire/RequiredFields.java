package io.archipelago.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.wire.Wire.UnreadableMessage;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a message must have: every component of its records, however deep, that is not {@code @Nullable}. */
final class RequiredFields {

    private static final ClassValue<RecordComponent[]> COMPONENTS = new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
            return type.getRecordComponents();
        }
    };

    private RequiredFields() {}

    /**
     * Looks through the data of a message.
     *
     * @throws UnreadableMessage with the path of the first field that is missing
     */
    static void check(JsonNode data, Class<?> record) throws UnreadableMessage {
        check(data, record, "data");
    }

    private static void check(JsonNode node, Class<?> type, String path) throws UnreadableMessage {
        if (type.isSealed() && node.isObject()) {
            Class<?> leaf = SealedTypes.leaf(type, node.path("type").asText());
            if (leaf == null) {
                throw new UnreadableMessage("no known '" + path + ".type'");
            }
            check(node, leaf, path);
        } else if (type.isRecord() && node.isObject()) {
            for (RecordComponent component : COMPONENTS.get(type)) {
                String field = path + "." + component.getName();
                JsonNode value = node.path(component.getName());
                if (!value.isMissingNode() && !value.isNull()) {
                    check(value, component.getAnnotatedType(), field);
                } else if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    throw new UnreadableMessage("no field '" + field + "'");
                }
            }
        }
    }

    private static void check(JsonNode node, AnnotatedType annotated, String path) throws UnreadableMessage {
        Type type = annotated.getType();
        if (type instanceof Class<?> plain) {
            check(node, plain, path);
        } else if (type instanceof ParameterizedType generic
                && generic.getRawType() instanceof Class<?> raw
                && annotated instanceof AnnotatedParameterizedType container) {
            AnnotatedType[] arguments = container.getAnnotatedActualTypeArguments();
            if (Collection.class.isAssignableFrom(raw)) {
                for (int i = 0; i < node.size(); i++) {
                    element(node.path(i), arguments[0], path + "[" + i + "]");
                }
            } else if (Map.class.isAssignableFrom(raw)) {
                for (Map.Entry<String, JsonNode> entry : node.properties()) {
                    element(entry.getValue(), arguments[1], path + "." + entry.getKey());
                }
            }
        }
    }

    private static void element(JsonNode node, AnnotatedType type, String path) throws UnreadableMessage {
        if (node.isNull()) {
            throw new UnreadableMessage("no field '" + path + "'");
        }
        check(node, type, path);
    }
}

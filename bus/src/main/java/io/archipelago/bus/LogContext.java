package io.archipelago.bus;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Who and what a log line is about. The only place that sets logging's diagnostic context; it follows the current duplicated Vert.x
 * context, or the thread where there is none.
 */
public final class LogContext {

    /** Every key that a log line may bear. */
    public enum Key {
        SITE_ID("siteId"),
        RESERVATION_ID("reservationId"),
        ALLOCATION_ID("allocationId"),
        HOST_ID("hostId"),
        MACHINE_ID("machineId"),
        CORRELATION_ID("correlationId"),
        MESSAGE_ID("messageId"),
        MESSAGE_TYPE("messageType"),
        ERROR_CODE("errorCode");

        private final String field;

        Key(String field) {
            this.field = field;
        }
    }

    private LogContext() {}

    /** Sets a field; null removes it. */
    public static void set(Key key, @Nullable Object value) {
        if (value == null) {
            MDC.remove(key.field);
        } else {
            MDC.put(key.field, value.toString());
        }
    }

    public static Optional<String> get(Key key) {
        return Optional.ofNullable(MDC.get(key.field)).map(Object::toString);
    }

    static Map<Key, String> copy() {
        Map<Key, String> fields = new EnumMap<>(Key.class);
        for (Key key : Key.values()) {
            get(key).ifPresent(value -> fields.put(key, value));
        }
        return fields;
    }

    static void replaceBy(Map<Key, String> fields) {
        for (Key key : Key.values()) {
            set(key, fields.get(key));
        }
    }
}

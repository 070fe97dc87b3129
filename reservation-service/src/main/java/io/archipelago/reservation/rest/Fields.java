package io.archipelago.reservation.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.contracts.BitRate;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object, read with care: what is wrong is remembered by the field's path, and reading goes on. */
final class Fields {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(MiB|GiB|TiB)");
    private static final Map<String, Integer> SHIFT = Map.of("MiB", 20, "GiB", 30, "TiB", 40);

    private final JsonNode object;
    private final String path;
    private final List<FieldError> errors;

    private Fields(JsonNode object, String path, List<FieldError> errors) {
        this.object = object;
        this.path = path;
        this.errors = errors;
    }

    static Fields of(JsonNode body) {
        List<FieldError> errors = new ArrayList<>();
        if (!body.isObject()) {
            errors.add(new FieldError(Rejection.BODY, "a JSON object"));
            return new Fields(JsonNodeFactory.instance.objectNode(), "", errors);
        }
        return new Fields(body, "", errors);
    }

    /** Everything wrong so far, in this object and all others of the same body. */
    List<FieldError> errors() {
        return List.copyOf(errors);
    }

    void error(String field, String allowed) {
        errors.add(new FieldError(path(field), allowed));
    }

    /** What is wrong with a field elsewhere in the body, by its whole path. */
    void outer(String wholePath, String allowed) {
        errors.add(new FieldError(wholePath, allowed));
    }

    /** Whether nothing at or below this object is wrong so far. */
    boolean clean() {
        return errors.stream().noneMatch(e -> e.field().startsWith(path));
    }

    /** Also if it is null: who writes a field and leaves it empty does not mean its default. */
    boolean has(String field) {
        return object.has(field);
    }

    List<String> names() {
        return RequestReader.names(object);
    }

    void allowOnly(String... allowed) {
        Set<String> known = Set.of(allowed);
        for (String name : names()) {
            if (!known.contains(name)) {
                error(name, "unknown field; allowed here: " + String.join(", ", allowed));
            }
        }
    }

    /** An object that must be there. */
    Fields object(String field) {
        if (!has(field)) {
            error(field, "required");
        }
        return optionalObject(field);
    }

    Fields optionalObject(String field) {
        JsonNode node = object.path(field);
        if (has(field) && !node.isObject()) {
            error(field, "an object");
        }
        return new Fields(node.isObject() ? node : JsonNodeFactory.instance.objectNode(), path(field), errors);
    }

    List<JsonNode> list(String field) {
        List<JsonNode> items = new ArrayList<>();
        if (has(field)) {
            if (object.get(field).isArray()) {
                object.get(field).forEach(items::add);
            } else {
                error(field, "a list");
            }
        }
        return items;
    }

    String text(String field, String otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        if (!object.get(field).isTextual()) {
            error(field, "text");
            return otherwise;
        }
        return object.get(field).textValue();
    }

    String matching(String field, String pattern, String allowed) {
        String text = text(field, "");
        if (!text.matches(pattern)) {
            error(field, allowed);
        }
        return text;
    }

    /** A whole number that must be there; the least allowed if it is wrong. */
    int number(String field, int least, int most) {
        if (!has(field)) {
            error(field, "required: a whole number from " + least + " to " + most);
            return least;
        }
        return number(field, least, most, least);
    }

    int number(String field, int least, int most, int otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        JsonNode node = object.get(field);
        BigInteger value = node.isIntegralNumber() ? node.bigIntegerValue() : null;
        if (value == null
                || value.compareTo(BigInteger.valueOf(least)) < 0
                || value.compareTo(BigInteger.valueOf(most)) > 0) {
            error(field, "a whole number from " + least + " to " + most);
            return least;
        }
        return value.intValue();
    }

    /** A size in bytes, written like 4GiB. */
    long size(String field, long least, long most, long otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        Matcher matcher = SIZE.matcher(object.get(field).asText());
        long bytes = matcher.matches() ? bytes(matcher.group(1), matcher.group(2)) : -1;
        if (bytes < least || bytes > most) {
            error(field, "a size such as 512MiB, 4GiB or 1TiB, from " + written(least) + " to " + written(most));
            return least;
        }
        return bytes;
    }

    /** Bits per second, written like 100Mbit/s; null if there are none. */
    @Nullable
    Long bitRate(String field, long least, long most) {
        if (!has(field)) {
            return null;
        }
        OptionalLong bits = BitRate.parse(object.get(field).asText());
        if (bits.isEmpty() || bits.getAsLong() < least || bits.getAsLong() > most) {
            error(
                    field,
                    "bits per second such as 100Mbit/s or 1Gbit/s, from " + BitRate.written(least) + " to "
                            + BitRate.written(most));
            return null;
        }
        return bits.getAsLong();
    }

    /** A figure that no long holds is more than anything allowed; shifted, it would come back as something small. */
    private static long bytes(String figure, String unit) {
        try {
            return Math.multiplyExact(Long.parseLong(figure), 1L << SHIFT.getOrDefault(unit, 0));
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /** An instant with an offset, {@code now}, or {@code +} and a duration from now; in whole microseconds, for the database keeps no less. */
    Optional<Instant> instant(String field, Instant now) {
        String allowed =
                "an instant with an offset, such as 2026-12-01T09:00:00+09:00 or 2026-12-01T00:00:00Z, or now, or +PT30S";
        String text = text(field, "");
        try {
            if (text.equals("now")) {
                return Optional.of(now);
            }
            return Optional.of(
                            text.startsWith("+P")
                                    ? now.plus(Duration.parse(text.substring(1)))
                                    : OffsetDateTime.parse(text).toInstant())
                    .map(instant -> instant.truncatedTo(ChronoUnit.MICROS));
        } catch (DateTimeException | ArithmeticException e) {
            error(field, has(field) ? allowed : "required: " + allowed);
            return Optional.empty();
        }
    }

    /** In whole microseconds as well. */
    Optional<Duration> duration(String field) {
        try {
            return Optional.of(Duration.parse(text(field, "")).truncatedTo(ChronoUnit.MICROS));
        } catch (DateTimeException e) {
            error(field, "a duration such as PT4H or P2DT12H");
            return Optional.empty();
        }
    }

    private String path(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static String written(long bytes) {
        return bytes % (1L << 30) == 0 ? (bytes >> 30) + "GiB" : (bytes >> 20) + "MiB";
    }
}

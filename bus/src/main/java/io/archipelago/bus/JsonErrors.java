package io.archipelago.bus;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import io.archipelago.bus.Rejection.FieldError;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a body in words of the API: fields and what they allow, no class names. */
final class JsonErrors {

    /** What the parser says of a field that is there already; it has no exception of its own for it. */
    private static final Pattern TWICE = Pattern.compile("Duplicate field '([^']*)'");

    private JsonErrors() {}

    static FieldError explain(JacksonException failure) {
        return switch (failure) {
            case UnrecognizedPropertyException unknown ->
                new FieldError(
                        path(unknown),
                        "unknown field; known are "
                                + unknown.getKnownPropertyIds().stream()
                                        .map(String::valueOf)
                                        .sorted()
                                        .collect(Collectors.joining(", ")));
            case InvalidFormatException format -> new FieldError(path(format), allowed(format));
            case MismatchedInputException mismatch ->
                new FieldError(path(mismatch), "must be " + kind(mismatch.getTargetType()));
            case ValueInstantiationException refused -> new FieldError(path(refused), reason(refused));
            case JsonMappingException mapping -> new FieldError(path(mapping), reason(mapping));
            default -> {
                Matcher twice = TWICE.matcher(String.valueOf(failure.getOriginalMessage()));
                yield new FieldError(
                        Rejection.BODY,
                        (twice.lookingAt() ? "the field '" + twice.group(1) + "' stands twice" : "not JSON")
                                + place(failure.getLocation()));
            }
        };
    }

    private static String path(JsonMappingException failure) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : failure.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.isEmpty() ? Rejection.BODY : path.toString();
    }

    private static String allowed(InvalidFormatException failure) {
        Class<?> type = failure.getTargetType();
        if (type != null && type.isEnum()) {
            return "must be one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        if (failure.getCause() instanceof DateTimeException || known(type)) {
            return "must be " + kind(type);
        }
        // Our typed ids say themselves what they allow.
        String message = failure.getOriginalMessage();
        int reason = message.lastIndexOf(": ");
        return reason < 0 ? "must be " + kind(type) : message.substring(reason + 2);
    }

    private static boolean known(@Nullable Class<?> type) {
        return type != null && (type.isPrimitive() || type.getName().startsWith("java."));
    }

    /** Records validate themselves and say what they allow; anything else is not for the caller's eyes. */
    private static String reason(JsonMappingException failure) {
        if (failure.getCause() instanceof IllegalArgumentException refused && refused.getMessage() != null) {
            return refused.getMessage();
        }
        return "not acceptable";
    }

    private static String kind(@Nullable Class<?> type) {
        if (type == null) {
            return "something else";
        }
        if (type == Instant.class) {
            return "an instant with its offset, such as 2026-12-01T09:00:00+09:00";
        }
        if (type == Duration.class) {
            return "a duration such as PT4H";
        }
        if (type == String.class) {
            return "a text";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "a number";
        }
        if (type.isArray() || Iterable.class.isAssignableFrom(type)) {
            return "a list";
        }
        if (type.isEnum()) {
            return "one of " + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT);
        }
        return "an object";
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}

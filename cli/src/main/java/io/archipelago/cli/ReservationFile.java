package io.archipelago.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * What a tenant asks for, as it stands in the file. The site judges it; only a relative start ({@code now} or
 * {@code +PT30S}) is made an instant here, because only here is it known when the file was sent.
 *
 * @param lines the line of each field, by dotted path; empty for JSON
 */
record ReservationFile(String source, ObjectNode body, Map<String, Integer> lines) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    static ReservationFile read(Path directory, String name) {
        String text = text(directory.resolve(name), name);
        YamlReader.Document document = name.endsWith(".json")
                ? new YamlReader.Document(json(name, text), Map.of())
                : YamlReader.read(name, text);
        if (!(document.root() instanceof ObjectNode body)) {
            throw Failure.of(
                    ExitCode.USAGE,
                    name + " is not a reservation: it must hold the keys name, window and machines.",
                    "examples/one-site.yaml is one to begin with.");
        }
        return new ReservationFile(name, body, document.lines());
    }

    /** Whether its window comes several times. */
    boolean repeats() {
        return body.path("window").has("repeat");
    }

    /** The body to send. Everything but a relative start stays as written, be it right or wrong. */
    JsonNode bodyAt(Instant now) {
        ObjectNode resolved = body.deepCopy();
        if (resolved.get("window") instanceof ObjectNode window
                && window.path("start").isTextual()) {
            relativeStart(window.path("start").textValue(), now)
                    .ifPresent(start -> window.put("start", start.toString()));
        }
        return resolved;
    }

    Optional<String> whereabouts(String field) {
        Integer line = lines.get(field);
        if (line != null) {
            return Optional.of("line " + line);
        }
        for (int dot = field.lastIndexOf('.'); dot > 0; dot = field.lastIndexOf('.', dot - 1)) {
            String parent = field.substring(0, dot);
            Integer parentLine = lines.get(parent);
            if (parentLine != null) {
                return Optional.of("below " + parent + ", line " + parentLine);
            }
        }
        return Optional.empty();
    }

    /** Rounded up to the second, so that "now" is not already past when it arrives. */
    private static Optional<Instant> relativeStart(String start, Instant now) {
        Instant soon = now.plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
        if (start.equals("now")) {
            return Optional.of(soon);
        }
        if (!start.startsWith("+P")) {
            return Optional.empty();
        }
        try {
            return Optional.of(soon.plus(Duration.parse(start.substring(1))));
        } catch (DateTimeException | ArithmeticException malformed) {
            return Optional.empty();
        }
    }

    private static String text(Path file, String name) {
        if (Files.isDirectory(file)) {
            throw Failure.of(ExitCode.USAGE, name + " is a directory; a file is needed.");
        }
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (NoSuchFileException missing) {
            throw Failure.of(ExitCode.USAGE, "There is no file " + name + ".");
        } catch (CharacterCodingException binary) {
            throw Failure.of(ExitCode.USAGE, name + " is not UTF-8 text.");
        } catch (IOException unreadable) {
            throw Failure.of(ExitCode.USAGE, name + " cannot be read (" + unreadable.getMessage() + ").");
        }
    }

    private static JsonNode json(String name, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            var location = malformed.getLocation();
            String place = location == null
                    ? name
                    : name + ", line " + location.getLineNr() + ", column " + location.getColumnNr();
            throw Failure.of(ExitCode.USAGE, place + ": " + malformed.getOriginalMessage());
        }
    }
}

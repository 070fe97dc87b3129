package io.archipelago.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * Reads YAML without YAML's guesses. A loader would turn {@code 2026-12-01T09:00:00} into an instant with an offset
 * that nobody wrote, and {@code no} into a truth value; here a scalar stays as it was written, unless it is a plain
 * whole number or nothing at all. It also remembers on which line each field stands.
 */
final class YamlReader {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)");
    private static final Set<String> NOTHING = Set.of("", "~", "null");
    private static final int DEEPEST = 30;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String source;
    private final Iterator<Event> events;
    private final Map<String, Integer> lines = new LinkedHashMap<>();

    /** @param lines dotted path of each field, and the line (from 1) of its key */
    record Document(JsonNode root, Map<String, Integer> lines) {}

    private YamlReader(String source, Iterator<Event> events) {
        this.source = source;
        this.events = events;
    }

    static Document read(String source, String text) {
        var reader = new YamlReader(
                source,
                new Yaml(new LoaderOptions()).parse(new StringReader(text)).iterator());
        try {
            return reader.document();
        } catch (MarkedYAMLException malformed) {
            throw reader.failure(malformed.getProblemMark(), malformed.getProblem());
        } catch (YAMLException unreadable) {
            throw Failure.of(ExitCode.USAGE, source + " is not YAML: " + firstLine(unreadable));
        }
    }

    private Document document() {
        JsonNode root = NODES.missingNode();
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent) {
                if (!root.isMissingNode()) {
                    throw failure(event.getStartMark(), "a second document begins here; a file holds one reservation");
                }
                root = value(events.next(), "", 0);
            }
        }
        return new Document(root, lines);
    }

    private JsonNode value(Event event, String path, int depth) {
        if (depth > DEEPEST) {
            throw failure(event.getStartMark(), "nested too deeply");
        }
        if (event instanceof ScalarEvent scalar) {
            return scalar(scalar);
        }
        if (event instanceof MappingStartEvent) {
            return mapping(path, depth);
        }
        if (event instanceof SequenceStartEvent) {
            return sequence(path, depth);
        }
        String what = event instanceof AliasEvent
                ? "aliases (*name) are not supported; write the value out"
                : "a value is expected";
        throw failure(event.getStartMark(), what);
    }

    private JsonNode scalar(ScalarEvent scalar) {
        String text = scalar.getValue();
        boolean plain = scalar.isPlain() && scalar.getImplicit().canOmitTagInPlainScalar();
        if (plain && NOTHING.contains(text)) {
            return NODES.nullNode();
        }
        if (plain && WHOLE_NUMBER.matcher(text).matches()) {
            return text.length() < 10
                    ? NODES.numberNode(Integer.parseInt(text))
                    : NODES.numberNode(new BigInteger(text));
        }
        return NODES.textNode(text);
    }

    private ObjectNode mapping(String path, int depth) {
        ObjectNode node = NODES.objectNode();
        for (Event event = events.next(); !event.is(Event.ID.MappingEnd); event = events.next()) {
            if (!(event instanceof ScalarEvent key)) {
                throw failure(event.getStartMark(), "a key must be a plain word");
            }
            String name = key.getValue();
            String field = path.isEmpty() ? name : path + "." + name;
            if (node.has(name)) {
                throw failure(key.getStartMark(), "\"" + field + "\" is here for the second time");
            }
            lines.put(field, key.getStartMark().getLine() + 1);
            node.set(name, value(events.next(), field, depth + 1));
        }
        return node;
    }

    private ArrayNode sequence(String path, int depth) {
        ArrayNode node = NODES.arrayNode();
        for (Event event = events.next(); !event.is(Event.ID.SequenceEnd); event = events.next()) {
            String field = path + "[" + node.size() + "]";
            lines.put(field, event.getStartMark().getLine() + 1);
            node.add(value(event, field, depth + 1));
        }
        return node;
    }

    private Failure failure(@Nullable Mark mark, String problem) {
        if (mark == null) {
            return Failure.of(ExitCode.USAGE, source + ": " + problem);
        }
        String snippet = mark.get_snippet(2, 100);
        String place = source + ", line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
        return snippet == null
                ? Failure.of(ExitCode.USAGE, place + ": " + problem)
                : Failure.of(ExitCode.USAGE, place + ": " + problem, snippet);
    }

    private static String firstLine(YAMLException exception) {
        return String.valueOf(exception.getMessage()).lines().findFirst().orElse("");
    }
}

package io.archipelago.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A table of a document, so that a test can compare what the document says with what the code does.
 *
 * @param columns the heads of the columns after the first
 * @param rows the cells of each row after its first, by the text of that one
 */
public record MarkdownTable(List<String> columns, SequencedMap<String, List<String>> rows) {

    /** A document of the project's {@code docs}, read from any module. */
    public static String document(String name) {
        try {
            for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
                if (Files.exists(dir.resolve("mvnw"))) {
                    return Files.readString(dir.resolve("docs").resolve(name));
                }
            }
            throw new IllegalStateException("not inside the project");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first table under a heading of a document. */
    public static MarkdownTable under(String heading, String document) {
        List<String> lines = document(document).lines().toList();
        int at = lines.indexOf(heading);
        if (at < 0) {
            throw new IllegalStateException("docs/" + document + " has no heading '" + heading + "'");
        }
        List<List<String>> cells = lines.stream()
                .skip(at + 1)
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .map(MarkdownTable::cells)
                .toList();
        SequencedMap<String, List<String>> rows = new LinkedHashMap<>();
        cells.stream().skip(2).forEach(row -> rows.put(row.getFirst(), row.subList(1, row.size())));
        return new MarkdownTable(cells.getFirst().subList(1, cells.getFirst().size()), rows);
    }

    /** The last cell of a row. */
    public String last(String row) {
        List<String> cells = rows.get(row);
        if (cells == null) {
            throw new IllegalStateException("the table has no row '" + row + "'");
        }
        return cells.getLast();
    }

    /** A table as it is written in a document. */
    public static String written(String corner, List<String> columns, Map<String, List<String>> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(line(corner, columns));
        lines.add("|" + " --- |".repeat(columns.size() + 1));
        rows.forEach((first, cells) -> lines.add(line(first, cells)));
        return String.join("\n", lines);
    }

    private static String line(String first, List<String> others) {
        return "| " + first + " | " + String.join(" | ", others) + " |";
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
                .map(String::strip)
                .toList();
    }
}

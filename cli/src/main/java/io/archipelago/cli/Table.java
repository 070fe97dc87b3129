package io.archipelago.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Left-aligned columns, as wide as their widest cell; a column without any content is left out. */
final class Table {
    private static final String GAP = "  ";
    private static final String ABSENT = "-";

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        this.header = List.of(header);
    }

    Table row(String... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException("A row needs " + header.size() + " cells, not " + cells.length);
        }
        rows.add(List.of(cells));
        return this;
    }

    void print(Console console, String indent) {
        List<Integer> columns = IntStream.range(0, header.size())
                .filter(column -> rows.stream().anyMatch(row -> !row.get(column).isEmpty()))
                .boxed()
                .toList();
        String title = columns.stream()
                .map(column -> padded(header.get(column), column))
                .collect(Collectors.joining(GAP));
        console.out().println(indent + console.bold(title.stripTrailing()));
        for (List<String> row : rows) {
            String line =
                    columns.stream().map(column -> cell(row, column, console)).collect(Collectors.joining(GAP));
            console.out().println((indent + line).stripTrailing());
        }
    }

    private String cell(List<String> row, int column, Console console) {
        String content = row.get(column).isEmpty() ? ABSENT : row.get(column);
        String title = header.get(column);
        boolean tellsState = title.equals("STATE") || title.equals("PHASE");
        return tellsState ? console.state(padded(content, column), content) : padded(content, column);
    }

    private String padded(String content, int column) {
        int widest =
                rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
        return content + " ".repeat(Math.max(widest, header.get(column).length()) - content.length());
    }
}

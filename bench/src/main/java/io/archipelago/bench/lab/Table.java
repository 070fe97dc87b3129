package io.archipelago.bench.lab;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What was measured of several things in turns. The first of them is what all others are compared with, so every ratio is of one run.
 */
final class Table {

    private static final int NAME_WIDTH = 36;
    /** Below it a tenth is too coarse. */
    private static final double SMALL = 10;

    private static final String CELL = "%12s %-16s%6s";
    private static final String LIMIT = "%10s";

    private final String title;
    private final List<String> columns;
    private final Map<String, Row> rows = new LinkedHashMap<>();

    /**
     * What was measured of one thing.
     *
     * @param limit the ratio that it can not get over in the first column; empty where none is known
     * @param figures a list for each column
     */
    private record Row(OptionalDouble limit, List<List<Double>> figures) {}

    /**
     * A table without rows.
     *
     * @param columns the units of the figures
     */
    Table(String title, String... columns) {
        this.title = title;
        this.columns = List.of(columns);
    }

    /** Adds one, in the order in which they are to be shown. */
    void row(String name) {
        row(name, OptionalDouble.empty());
    }

    /** The same with the ratio that it can not get over in the first column. */
    void row(String name, double limit) {
        row(name, OptionalDouble.of(limit));
    }

    private void row(String name, OptionalDouble limit) {
        List<List<Double>> figures = new ArrayList<>();
        columns.forEach(column -> figures.add(new ArrayList<>()));
        rows.put(name, new Row(limit, figures));
    }

    /** Takes what was measured once, a figure for each column. */
    void take(String name, double... figures) {
        Row row = rows.get(name);
        if (row == null || figures.length != columns.size()) {
            throw new IllegalArgumentException("no such row, or not as many columns: " + name);
        }
        for (int i = 0; i < figures.length; i++) {
            row.figures().get(i).add(figures[i]);
        }
    }

    /** The medians, with the least and the most that was measured, and how many times the first row's they are. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        StringBuilder heading = new StringBuilder(padded(title));
        columns.forEach(column -> heading.append(CELL.formatted(column, "(least - most)", "times")));
        boolean limited = rows.values().stream().anyMatch(row -> row.limit().isPresent());
        lines.add(heading.append(limited ? LIMIT.formatted("at best") : "").toString());
        Row first = rows.values().iterator().next();
        rows.forEach((name, row) -> {
            StringBuilder line = new StringBuilder(padded("  " + name));
            for (int i = 0; i < columns.size(); i++) {
                List<Double> figures = row.figures().get(i);
                String range = "(%s - %s)".formatted(text(Collections.min(figures)), text(Collections.max(figures)));
                double median = median(figures);
                double times = median / median(first.figures().get(i));
                line.append(CELL.formatted(text(median), range, "%.2f".formatted(times)));
            }
            row.limit().ifPresent(limit -> line.append(LIMIT.formatted("%.2f".formatted(limit))));
            lines.add(line.toString());
        });
        return lines;
    }

    private static String padded(String text) {
        return text + " ".repeat(Math.max(1, NAME_WIDTH - text.length()));
    }

    private static String text(double figure) {
        return (figure < SMALL ? "%.2f" : "%.1f").formatted(figure);
    }

    private static double median(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}

package io.archipelago.bench.booking;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Draws how the time of something grows with the number of bookings: a power of ten to the right, microseconds upwards. */
final class Curves {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 60;
    private static final int BOTTOM = 370;
    private static final int RIGHT = 560;
    private static final int TOP = 30;
    private static final int GRID = 5;
    private static final List<String> COLOURS = List.of("#1b6ca8", "#3a9d5d", "#c0392b", "#8e44ad");
    private static final Map<String, String> NAMES =
            Map.of("book", "book", "giveBack", "give back", "ask", "is it free", "earliest", "first free");

    private Curves() {}

    /** A picture of what the index takes, with the logarithm that begins as a booking does; of two rows at least. */
    static String svg(List<Row> rows) {
        List<String> names = Row.MEASURED.subList(0, COLOURS.size());
        double most = rows.stream()
                .flatMapToDouble(row -> names.stream().mapToDouble(row::of))
                .max()
                .orElseThrow();
        StringBuilder svg = new StringBuilder(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">%n"
                        .formatted(WIDTH, HEIGHT));
        svg.append("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n".formatted(WIDTH, HEIGHT));
        for (int i = 0; i <= GRID; i++) {
            double y = y(most * i / GRID, most);
            svg.append("<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>%n"
                    .formatted(LEFT, RIGHT, y, y));
            svg.append("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>%n"
                    .formatted(LEFT - 8, y + 4, most * i / GRID));
        }
        for (Row row : rows) {
            svg.append("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%,d</text>%n"
                    .formatted(x(row, rows), BOTTOM + 20, row.bookings()));
        }
        svg.append("<text x=\"%d\" y=\"18\">microseconds</text>%n".formatted(LEFT - 45));
        svg.append("<text x=\"%d\" y=\"%d\">bookings</text>%n".formatted(RIGHT + 45, BOTTOM + 20));
        Row first = rows.getFirst();
        String logarithm = rows.stream()
                .map(row -> point(row, first.of(names.getFirst()) * row.logarithmOver(first), rows, most))
                .collect(Collectors.joining(" "));
        svg.append("<polyline fill=\"none\" stroke=\"#888\" stroke-dasharray=\"6 4\" points=\"%s\"/>%n"
                .formatted(logarithm));
        svg.append("<text x=\"%d\" y=\"%d\" fill=\"#888\">log n (dashed)</text>%n".formatted(RIGHT + 20, TOP + 10));
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            String points = rows.stream()
                    .map(row -> point(row, row.of(name), rows, most))
                    .collect(Collectors.joining(" "));
            svg.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"%s\" points=\"%s\"/>%n"
                    .formatted(COLOURS.get(i), points));
            svg.append("<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>%n"
                    .formatted(RIGHT + 20, TOP + 30 + 20 * i, COLOURS.get(i), NAMES.getOrDefault(name, name)));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String point(Row row, double micros, List<Row> rows, double most) {
        return "%.1f,%.1f".formatted(x(row, rows), y(micros, most));
    }

    private static double x(Row row, List<Row> rows) {
        double from = Math.log(rows.getFirst().bookings());
        return LEFT
                + (RIGHT - LEFT)
                        * (Math.log(row.bookings()) - from)
                        / (Math.log(rows.getLast().bookings()) - from);
    }

    private static double y(double micros, double most) {
        return BOTTOM - (BOTTOM - TOP) * micros / most;
    }
}

package io.archipelago.cli;

import static io.archipelago.cli.Reservation.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A preview for people. */
final class PreviewTable {
    private static final String INDENT = "  ";

    private final Console console;

    PreviewTable(Console console) {
        this.console = console;
    }

    void print(Preview preview) {
        console.out().println("State        " + console.state(preview.state(), preview.state()));
        JsonNode window = preview.body().path("window");
        console.out().println("Window       " + text(window, "start") + " to " + text(window, "end"));
        JsonNode sites = preview.body().path("sites");
        if (!sites.isEmpty()) {
            var table = new Table("SITE", "MACHINES");
            sites.fieldNames().forEachRemaining(site -> table.row(site, text(sites, site)));
            section("Sites", table);
        }
        if (!preview.problems().isEmpty()) {
            heading("Problems");
            preview.problems().forEach(each -> console.out().println(INDENT + ReservationTable.problem(each)));
        }
        alternatives(preview);
    }

    /** What its sites would not hold is none. */
    private void alternatives(Preview preview) {
        List<JsonNode> there = preview.alternatives().stream()
                .filter(each -> !text(each, "state").equals("REFUSED"))
                .toList();
        if (there.isEmpty()) {
            return;
        }
        var table = new Table("CHANGE", "STATE", "START", "END", "MACHINES", "SITES");
        for (JsonNode each : there) {
            List<String> sites = new ArrayList<>();
            each.path("sites").fieldNames().forEachRemaining(sites::add);
            table.row(
                    text(each, "change"),
                    text(each, "state"),
                    text(each.path("window"), "start"),
                    text(each.path("window"), "end"),
                    text(each, "machines"),
                    String.join(",", sites));
        }
        section("Could be had instead", table);
    }

    private void section(String title, Table table) {
        heading(title);
        table.print(console, INDENT);
    }

    private void heading(String title) {
        console.out().println();
        console.out().println(console.bold(title));
    }
}

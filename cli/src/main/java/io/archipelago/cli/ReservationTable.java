package io.archipelago.cli;

import static io.archipelago.cli.Reservation.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reservations for people: the list, and everything about one. */
final class ReservationTable {
    private static final String INDENT = "  ";

    private final Console console;

    ReservationTable(Console console) {
        this.console = console;
    }

    void printList(List<Reservation> reservations) {
        if (reservations.isEmpty()) {
            console.out().println("There are no reservations. Make one: ./vc reserve examples/two-sites.yaml");
            return;
        }
        var table = new Table("ID", "NAME", "STATE", "START", "END", "SITES");
        for (Reservation reservation : reservations) {
            String sites =
                    reservation.sites().stream().map(site -> text(site, "site")).collect(Collectors.joining(","));
            JsonNode window = reservation.body().path("window");
            table.row(
                    reservation.id(),
                    reservation.name(),
                    reservation.state(),
                    text(window, "start"),
                    text(window, "end"),
                    sites);
        }
        table.print(console, "");
    }

    void printOne(Reservation reservation) {
        header(reservation);
        section("Sites", sites(reservation), reservation.sites());
        section("Machines", machines(reservation), reservation.machines());
        List<JsonNode> segments = reservation.list("segments");
        var segmentTable = new Table("SITE", "VLAN", "STATE");
        segments.forEach(each -> segmentTable.row(text(each, "site"), text(each, "vlan"), text(each, "state")));
        section("Segments", segmentTable, segments);
        List<JsonNode> links = reservation.list("links");
        var linkTable = new Table("FROM", "TO", "STATE", "MTU");
        links.forEach(
                each -> linkTable.row(text(each, "from"), text(each, "to"), text(each, "state"), text(each, "mtu")));
        section("Links", linkTable, links);
        List<JsonNode> caches = reservation.list("caches");
        var cacheTable = new Table("SITE", "STATE");
        caches.forEach(each -> cacheTable.row(text(each, "site"), text(each, "state")));
        section("Package caches", cacheTable, caches);
        left(reservation);
        problems(reservation);
        change(reservation);
        offers(reservation);
        if (reservation.isTerminal() && !holdsAnything(reservation)) {
            console.out().println();
            console.out().println("Nothing of it is left on any host.");
        }
    }

    static String problem(JsonNode problem) {
        String site = text(problem, "site");
        String code = text(problem, "code");
        String message = text(problem, "message");
        String earliest = text(problem, "earliestStart");
        String latest = text(problem, "latestEnd");
        JsonNode during = problem.path("missing").path("during");
        return (site.isEmpty() ? "" : site + ": ")
                + message
                + (during.isObject()
                        ? "; it does not fit from " + text(during, "start") + " to " + text(during, "end")
                        : "")
                + (earliest.isEmpty() ? "" : "; it would fit there from " + earliest + " on")
                + (latest.isEmpty() || message.contains(latest) ? "" : "; until " + latest + " it can")
                + (code.isEmpty() ? "" : " (" + code + ")");
    }

    private void header(Reservation reservation) {
        entry("Reservation", console.bold(reservation.id()));
        entry("Name", reservation.name());
        entry("State", console.state(reservation.state(), reservation.state()));
        entry("Window", window(reservation));
    }

    private void entry(String label, String value) {
        console.out().println(label + " ".repeat(13 - label.length()) + value);
    }

    private static String window(Reservation reservation) {
        JsonNode window = reservation.body().path("window");
        String span = text(window, "start") + " to " + text(window, "end");
        Optional<Instant> start = reservation.start();
        Optional<Instant> end = reservation.end();
        return start.isPresent() && end.isPresent() && start.get().isBefore(end.get())
                ? span + " (" + Durations.words(Duration.between(start.get(), end.get())) + ")"
                : span;
    }

    private static Table sites(Reservation reservation) {
        var table = new Table("SITE", "ROLE", "STATE", "MACHINES", "READY", "WAITING FOR");
        for (JsonNode site : reservation.sites()) {
            Reservation.Count count = reservation.count(site);
            table.row(
                    text(site, "site"),
                    text(site, "role"),
                    text(site, "state"),
                    text(site, "machines"),
                    count.ready() + "/" + count.wanted(),
                    text(site, "waitingFor"));
        }
        return table;
    }

    private static Table machines(Reservation reservation) {
        var table = new Table("NAME", "ROLE", "SITE", "ADDRESS", "MAC", "STATE", "PHASE", "HOST");
        for (JsonNode machine : reservation.machines()) {
            table.row(
                    text(machine, "name"),
                    text(machine, "role"),
                    text(machine, "site"),
                    text(machine, "ip"),
                    text(machine, "mac"),
                    text(machine, "state"),
                    text(machine, "phase"),
                    text(machine, "host"));
        }
        return table;
    }

    /** What a release has not removed yet. */
    private void left(Reservation reservation) {
        var table = new Table("SITE", "KIND", "NAME", "PHASE", "REASON");
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode site : reservation.sites()) {
            for (JsonNode each : site.path("left")) {
                all.add(each);
                table.row(
                        text(site, "site"),
                        text(each, "kind"),
                        text(each, "name"),
                        text(each, "phase"),
                        text(each, "reason"));
            }
        }
        section("Still to be removed", table, all);
    }

    private void section(String title, Table table, List<JsonNode> content) {
        if (!content.isEmpty()) {
            console.out().println();
            console.out().println(console.bold(title));
            table.print(console, INDENT);
        }
    }

    private void problems(Reservation reservation) {
        if (!reservation.problems().isEmpty()) {
            console.out().println();
            console.out().println(console.bold("Problems"));
            reservation.problems().forEach(problem -> console.out().println(INDENT + problem(problem)));
        }
    }

    /** What it is to be, or could not become. */
    private void change(Reservation reservation) {
        JsonNode change = reservation.body().path("change");
        if (change.isObject()) {
            JsonNode window = change.path("window");
            console.out().println();
            console.out().println(console.bold("Change"));
            console.out()
                    .println(INDENT + text(change, "state") + ": " + text(change, "machines")
                            + " compute machines from " + text(window, "start") + " to " + text(window, "end"));
            change.path("problems").forEach(problem -> console.out().println(INDENT + problem(problem)));
        }
    }

    /** What is held instead; what could not be held is no offer. */
    private void offers(Reservation reservation) {
        List<JsonNode> there = reservation.offers().stream()
                .filter(offer -> !text(offer, "state").equals("GONE"))
                .toList();
        var table = new Table("NUMBER", "CHANGE", "STATE", "START", "END", "MACHINES", "SITES", "UNTIL");
        for (JsonNode offer : there) {
            List<String> sites = new ArrayList<>();
            offer.path("sites").fieldNames().forEachRemaining(sites::add);
            table.row(
                    text(offer, "number"),
                    text(offer, "change"),
                    text(offer, "state"),
                    text(offer.path("window"), "start"),
                    text(offer.path("window"), "end"),
                    text(offer, "machines"),
                    String.join(",", sites),
                    text(offer, "until"));
        }
        section("Offers", table, there);
        if (reservation.hasOpenOffers()) {
            console.out().println(INDENT + "Take one: ./vc accept " + reservation.id() + " NUMBER");
        }
    }

    private static boolean holdsAnything(Reservation reservation) {
        return List.of("machines", "segments", "links", "caches").stream()
                .anyMatch(field -> !reservation.list(field).isEmpty());
    }
}

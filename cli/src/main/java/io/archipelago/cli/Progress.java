package io.archipelago.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Tells how a reservation comes along, one line per step. A person at a terminal sees every machine; a log gets the
 * counts at most every {@link #CALM}.
 */
final class Progress {
    private static final Duration CALM = Duration.ofSeconds(5);

    private final PrintWriter out;
    private final Console console;
    private final Clock clock;
    private final Instant begun;
    private final Map<String, SiteLine> sites = new HashMap<>();
    private final Set<JsonNode> problems = new HashSet<>();
    private String state = "";

    private record SiteLine(String state, String waitingFor, Reservation.Count count, Instant printed) {}

    Progress(PrintWriter out, Console console, Clock clock) {
        this.out = out;
        this.console = console;
        this.clock = clock;
        this.begun = clock.instant();
    }

    void show(Reservation reservation) {
        if (!reservation.is(state)) {
            state = reservation.state();
            line(console.state(console.bold(state), state));
        }
        reservation.sites().forEach(site -> site(reservation, site));
        for (JsonNode problem : reservation.problems()) {
            if (problems.add(problem)) {
                line("problem: " + ReservationTable.problem(problem));
            }
        }
    }

    private void site(Reservation reservation, JsonNode site) {
        String name = Reservation.text(site, "site");
        var now = new SiteLine(
                Reservation.text(site, "state"),
                Reservation.text(site, "waitingFor"),
                reservation.count(site),
                clock.instant());
        SiteLine before = sites.get(name);
        if (before == null || isWorthALine(before, now)) {
            sites.put(name, now);
            line(String.format(Locale.ROOT, "  %-10s ", name)
                    + console.state(padded(now.state()), now.state())
                    + rest(now));
        }
    }

    private static String rest(SiteLine site) {
        Reservation.Count count = site.count();
        String machines = count.wanted() == 0 ? "" : "  machines " + count.ready() + "/" + count.wanted() + " ready";
        return site.waitingFor().isEmpty() ? machines : machines + "  waiting for " + site.waitingFor();
    }

    private static String padded(String state) {
        return String.format(Locale.ROOT, "%-10s", state);
    }

    private boolean isWorthALine(SiteLine before, SiteLine now) {
        if (!now.state().equals(before.state()) || !now.waitingFor().equals(before.waitingFor())) {
            return true;
        }
        boolean counted = !now.count().equals(before.count());
        boolean due = console.live()
                || now.count().isComplete()
                || !now.printed().isBefore(before.printed().plus(CALM));
        return counted && due;
    }

    private void line(String text) {
        double seconds = Duration.between(begun, clock.instant()).toMillis() / 1000.0;
        out.println(String.format(Locale.ROOT, "%7.1fs  %s", seconds, text).stripTrailing());
        out.flush();
    }
}

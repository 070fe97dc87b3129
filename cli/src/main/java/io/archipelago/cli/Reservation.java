package io.archipelago.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * A reservation as a site answered it. The whole body is kept, so that {@code -o json} shows also what this version of
 * the command line has never heard of.
 *
 * @param etag empty if the site gave none
 */
record Reservation(JsonNode body, Optional<String> etag) {
    private static final Set<String> TERMINAL = Set.of("ENDED", "REFUSED", "CANCELLED");
    private static final Set<String> STARTED = Set.of("DEPLOYING", "ACTIVE", "DEGRADED");

    String id() {
        return text(body, "id");
    }

    String name() {
        return text(body, "name");
    }

    String state() {
        return text(body, "state");
    }

    boolean is(String state) {
        return state().equals(state);
    }

    boolean isTerminal() {
        return TERMINAL.contains(state());
    }

    boolean isLeaving() {
        return isTerminal() || is("RELEASING");
    }

    boolean isScheduledOrBeyond() {
        return is("SCHEDULED") || STARTED.contains(state());
    }

    Optional<Instant> start() {
        return instant("start");
    }

    Optional<Instant> end() {
        return instant("end");
    }

    List<JsonNode> sites() {
        return list("sites");
    }

    List<JsonNode> machines() {
        return list("machines");
    }

    List<JsonNode> problems() {
        return list("problems");
    }

    List<JsonNode> offers() {
        return list("offers");
    }

    /** Whether its sites are asked for what it is to be instead. */
    boolean isChanging() {
        return text(body.path("change"), "state").equals("ASKED");
    }

    /** Whether it could not be what was asked for last. */
    boolean changeIsRefused() {
        return text(body.path("change"), "state").equals("REFUSED");
    }

    /** Whether some of what is offered instead is still to be held. */
    boolean awaitsOffers() {
        return offers().stream().anyMatch(offer -> text(offer, "state").equals("HOLDING"));
    }

    boolean hasOpenOffers() {
        return offers().stream().anyMatch(offer -> text(offer, "state").equals("OPEN"));
    }

    List<JsonNode> list(String field) {
        return StreamSupport.stream(body.path(field).spliterator(), false).toList();
    }

    /** Machines at a site: how many there are to be, and how many have been seen ready. */
    record Count(long ready, long wanted) {
        boolean isComplete() {
            return wanted > 0 && ready == wanted;
        }
    }

    Count count(JsonNode site) {
        String name = text(site, "site");
        List<JsonNode> there = machines().stream()
                .filter(machine -> text(machine, "site").equals(name))
                .toList();
        long ready = there.stream().filter(Reservation::isReady).count();
        JsonNode planned = site.path("machines");
        long wanted = planned.isNumber() ? planned.longValue() : planned.size();
        return new Count(ready, there.isEmpty() ? wanted : there.size());
    }

    private static boolean isReady(JsonNode machine) {
        String phase = text(machine, "phase");
        return (phase.isEmpty() ? text(machine, "state") : phase).equals("READY");
    }

    private Optional<Instant> instant(String field) {
        try {
            return Optional.of(Instant.parse(text(body.path("window"), field)));
        } catch (DateTimeException absent) {
            return Optional.empty();
        }
    }

    /** The field as printable text; empty if it is absent. */
    static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isContainerNode() ? Integer.toString(value.size()) : Console.printable(value.asText(""));
    }
}

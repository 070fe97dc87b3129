package io.archipelago.system;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import io.archipelago.local.Site;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What never may happen and is kept when it has: dead letters, and what hosts were asked and never should have been. All tests share one
 * stack; each mishap is told once, to the test in which it came about.
 */
final class Mishaps {

    private final RunningStack stack;
    private final Set<String> told = new HashSet<>();

    Mishaps(RunningStack stack) {
        this.stack = stack;
    }

    /** Those that have not been told yet. */
    List<String> untold() {
        List<String> all = await().atMost(Federation.SOON).ignoreExceptions().until(this::all, read -> true);
        return all.stream().filter(told::add).toList();
    }

    private List<String> all() throws SQLException, IOException, InterruptedException {
        List<String> all = new ArrayList<>();
        for (Site site : stack.stack().sites()) {
            for (ServiceKind service : ServiceKind.values()) {
                stack.query(site.id(), service, "select id || ' ' || topic || ' ' || reason from parked_message")
                        .forEach(parked -> all.add(site.id() + " " + service.id() + ": parked " + parked));
            }
            Outside.contents(stack, site).deadLetters().forEach(letter -> all.add(site.id() + ": " + letter));
            for (JsonNode violation : stack.agent(site.id(), "/sim/violations")) {
                all.add(site.id() + ": a host was asked what it never should have been: " + violation);
            }
        }
        return all;
    }
}

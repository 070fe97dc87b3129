package io.archipelago.system;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.RunningStack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The simulated hosts of a site: what is really on them, whatever anybody believes, and what befalls them. */
final class Hosts {

    private final RunningStack stack;
    private final String site;
    private final Set<String> unwell = new TreeSet<>();
    private boolean faulty;

    Hosts(RunningStack stack, String site) {
        this.stack = stack;
        this.site = site;
    }

    /**
     * A resource on a host.
     *
     * @param host where
     * @param key {@code kind/id}
     * @param condition READY, or what is wrong
     * @param spec what it is like
     */
    record Thing(String host, String key, String condition, JsonNode spec) {

        boolean is(String kind) {
            return key.startsWith(kind + "/");
        }

        boolean ready() {
            return condition.equals("READY");
        }
    }

    List<String> names() throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        for (JsonNode host : stack.agent(site, "/sim/hosts")) {
            names.add(host.get("id").asText());
        }
        return names;
    }

    List<Thing> things() throws IOException, InterruptedException {
        List<Thing> things = new ArrayList<>();
        for (JsonNode host : stack.agent(site, "/sim/hosts")) {
            for (JsonNode resource : host.get("resources")) {
                things.add(new Thing(
                        host.get("id").asText(),
                        resource.get("key").asText(),
                        resource.get("condition").asText(),
                        resource.get("spec")));
            }
        }
        return things;
    }

    List<Thing> things(String kind) throws IOException, InterruptedException {
        return things().stream().filter(thing -> thing.is(kind)).toList();
    }

    /** The machines that run, each on the one host where it is. */
    List<Thing> running() throws IOException, InterruptedException {
        return things("machine").stream().filter(Thing::ready).toList();
    }

    /** How a host and its agent fare from now on: RUNNING, SILENT, CUT_OFF or OFF. */
    void fare(String mode, String... hosts) throws IOException, InterruptedException {
        for (String host : hosts) {
            unwell.add(host);
            play(host, "\"mode\": \"" + mode + "\"");
        }
    }

    /** Something is gone from a host, and its agent was not asked. */
    void lose(Thing thing) throws IOException, InterruptedException {
        play(thing.host(), "\"lose\": [\"" + thing.key() + "\"]");
    }

    /** Something is on a host that its agent did not make. */
    void plant(String host, String key, String spec) throws IOException, InterruptedException {
        play(host, "\"plant\": {\"" + key + "\": " + spec + "}");
    }

    /** From now on nothing can be made or removed here. */
    void failAlways() throws IOException, InterruptedException {
        faulty = true;
        stack.play(site, "{\"faultRate\": 1.0}");
    }

    /** All is well again; an agent that has just been killed may take a while to hear of it. Returns whether any host was not well. */
    boolean restore() {
        if (faulty) {
            await().atMost(Federation.SOON).ignoreExceptions().until(() -> {
                stack.play(site, "{\"faultRate\": 0.0}");
                return true;
            });
            faulty = false;
        }
        for (String host : unwell) {
            await().atMost(Federation.SOON).ignoreExceptions().until(() -> {
                play(host, "\"mode\": \"RUNNING\"");
                return true;
            });
        }
        boolean any = !unwell.isEmpty();
        unwell.clear();
        return any;
    }

    private void play(String host, String mishap) throws IOException, InterruptedException {
        stack.play(site, "{\"hosts\": {\"" + host + "\": {" + mishap + "}}}");
    }
}

package io.archipelago.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Asks the machines of a cluster, each from the gateway of its site, who they are, and has each send full-size frames to every other by its
 * name. They boot what deploy/lab/src/main/boot-image makes, whose README has the questions.
 */
final class ClusterCheck {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TO_ANSWER = Duration.ofSeconds(40);
    private static final String SECONDS_FOR_AN_ANSWER = "30";
    private static final int FRAMES = 3;

    private final Lab lab;
    private final JsonNode reservation;

    /** @param reservation as {@code vc show ID -o json} prints it */
    ClusterCheck(Lab lab, JsonNode reservation) {
        this.lab = lab;
        this.reservation = reservation;
    }

    /**
     * What a machine said.
     *
     * @param mtu of its network card, in bytes
     * @param disk the mark on its disk: its host name and how often it was booted from
     * @param reached the names of the machines that all its frames came back from
     * @param unreached a sentence for each other machine
     * @param problems a sentence for each other thing that is not as it should be
     */
    record Row(
            String name,
            String site,
            int vlan,
            String address,
            int mtu,
            String disk,
            List<String> reached,
            List<String> unreached,
            List<String> problems) {}

    List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (JsonNode machine : reservation.path("machines")) {
            rows.add(row(machine));
        }
        return rows;
    }

    private Row row(JsonNode machine) throws IOException {
        String name = machine.path("name").asText();
        String site = machine.path("site").asText();
        List<String> problems = new ArrayList<>();
        List<String> reached = new ArrayList<>();
        List<String> unreached = new ArrayList<>();
        JsonNode self = ask(machine, "/", problems);
        if (!self.isMissingNode()) {
            judge(name, site, self, problems);
        }
        for (JsonNode other : reservation.path("machines")) {
            String there = other.path("name").asText();
            JsonNode answer = there.equals(name) ? self : ask(machine, "/cgi-bin/reach?" + there, unreached);
            if (there.equals(name) || answer.isMissingNode()) {
                continue;
            }
            if (answer.path("received").asInt() == FRAMES
                    && answer.path("address").asText().equals(other.path("ip").asText())) {
                reached.add(there);
            } else {
                unreached.add("does not reach " + there + ": " + answer);
            }
        }
        return new Row(
                name,
                site,
                vlan(site),
                machine.path("ip").asText(),
                self.path("mtu").asInt(),
                self.path("mark").asText(),
                reached,
                unreached,
                problems);
    }

    private void judge(String name, String site, JsonNode self, List<String> problems) {
        if (!self.path("name").asText().equals(name)) {
            problems.add("calls itself " + self.path("name").asText());
        }
        if (!self.path("mark").asText().matches(Pattern.quote(name) + ":[1-9][0-9]*")) {
            problems.add(
                    "has no disk of its own: its mark is '" + self.path("mark").asText() + "'");
        }
        for (JsonNode link : reservation.path("links")) {
            if (link.path("mtu").asInt() != self.path("mtu").asInt()) {
                problems.add("has MTU %d, and links carry %d"
                        .formatted(self.path("mtu").asInt(), link.path("mtu").asInt()));
            }
        }
        if (vlan(site) < 1) {
            problems.add("has no segment at " + site);
        }
    }

    private int vlan(String site) {
        for (JsonNode segment : reservation.path("segments")) {
            if (segment.path("site").asText().equals(site)) {
                return segment.path("vlan").asInt();
            }
        }
        return 0;
    }

    /** What a machine answers; missing, with a sentence among the problems, when it does not. */
    JsonNode ask(JsonNode machine, String path, List<String> problems) throws IOException {
        LabHost gateway = lab.host(machine.path("site").asText() + "-g1");
        String url = "http://" + machine.path("ip").asText() + path;
        Result result = gateway.run(
                TO_ANSWER,
                "ip",
                "netns",
                "exec",
                namespace(gateway),
                "curl",
                "--silent",
                "--show-error",
                "--max-time",
                SECONDS_FOR_AN_ANSWER,
                url);
        if (result.code() != 0) {
            problems.add("does not answer " + url + ": " + result.said());
            return JSON.missingNode();
        }
        return JSON.readTree(result.out());
    }

    /** The cluster's namespace on a gateway: the one with an interface that bears the reservation's id. */
    String namespace(LabHost gateway) throws IOException {
        String id = reservation.path("id").asText();
        for (String line :
                gateway.output(TO_ANSWER, "ip", "netns", "list").lines().toList()) {
            String namespace = line.split(" ", 2)[0];
            // Another cluster's may go meanwhile.
            if (gateway.run(TO_ANSWER, "ip", "-n", namespace, "-details", "link", "show")
                    .out()
                    .contains(id)) {
                return namespace;
            }
        }
        throw new IOException(gateway.name() + " has no network namespace of reservation " + id);
    }
}

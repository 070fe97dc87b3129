package io.archipelago.system;

import java.time.Duration;
import java.time.Instant;

/** What the tests ask for. */
final class Requests {

    /** As examples/two-sites.yaml: more nodes than one site has. */
    static final String TWO_SITES = """
            {"name": "genome-assembly", "window": {"start": "now", "duration": "PT1H"},
             "machines": {"compute": {"count": 24, "cpus": 2, "memory": "4GiB", "disk": "20GiB", "maxPerHost": 1},
                          "frontend": {"cpus": 2, "memory": "4GiB", "disk": "40GiB"}}}
            """;

    private Requests() {}

    /** Two machines at each site, and the frontend. */
    static String small(Instant start, Duration duration) {
        return volumes(start, duration, "10GiB", 2, 2);
    }

    /** A few machines at each site, each with a disk of a size; beside them the frontend at the master. */
    static String volumes(Instant start, Duration duration, String disk, int tokyo, int osaka) {
        return """
                {"name": "small", "window": {"start": "%s", "duration": "%s"},
                 "machines": {"compute": {"count": %d, "cpus": 1, "memory": "1GiB", "disk": "%s"}},
                 "sites": {"use": {"tokyo": %d, "osaka": %d}}}
                """.formatted(start, duration, tokyo + osaka, disk, tokyo, osaka);
    }

    /** The same, with a bandwidth between the sites. */
    static String withBandwidth(String bandwidth, Instant start, Duration duration) {
        return small(start, duration)
                .replace("\"name\"", "\"network\": {\"bandwidth\": \"" + bandwidth + "\"}, \"name\"");
    }

    /** A machine on each of osaka's hosts that leaves no room for another. */
    static String wholeOsaka(Instant start, Duration duration) {
        return """
                {"name": "whole", "window": {"start": "%s", "duration": "%s"},
                 "machines": {"compute": {"count": 21, "cpus": 16, "memory": "1GiB", "disk": "1GiB", "maxPerHost": 1},
                              "frontend": {"cpus": 1, "memory": "1GiB", "disk": "1GiB"}},
                 "sites": {"use": {"tokyo": 1, "osaka": 20}}}
                """.formatted(start, duration);
    }

    /** More machines than both sites have hosts, each of which takes a whole one. */
    static String tooMany(Instant start, Duration duration) {
        return """
                {"name": "many", "window": {"start": "%s", "duration": "%s"},
                 "machines": {"compute": {"count": 60, "cpus": 16, "memory": "1GiB", "disk": "1GiB", "maxPerHost": 1},
                              "frontend": {"cpus": 1, "memory": "1GiB", "disk": "1GiB"}}}
                """.formatted(start, duration);
    }
}

package io.archipelago.agent.drivers.cache;

import java.util.HashMap;
import java.util.Map;

/**
 * What a cache has done since its proxy was started.
 *
 * @param requests what machines asked for
 * @param hits how many of these it had
 * @param bytesServed what it gave to machines
 * @param bytesFetched what it took from the origin
 */
record Counters(long requests, long hits, long bytesServed, long bytesFetched) {

    private static final long KIB = 1L << 10;

    /** Out of what Squid's cache manager says of its {@code counters}: a line {@code name = number} for each. */
    static Counters parse(String text) {
        Map<String, Long> counters = new HashMap<>();
        for (String line : text.lines().toList()) {
            String[] parts = line.split(" = ", 2);
            if (parts.length == 2 && parts[1].strip().matches("\\d{1,18}")) {
                counters.put(parts[0].strip(), Long.parseLong(parts[1].strip()));
            }
        }
        return new Counters(
                counters.getOrDefault("client_http.requests", 0L),
                counters.getOrDefault("client_http.hits", 0L),
                counters.getOrDefault("client_http.kbytes_out", 0L) * KIB,
                counters.getOrDefault("server.http.kbytes_in", 0L) * KIB);
    }

    /** As details of a resource. */
    Map<String, String> details() {
        return Map.of(
                "requests", Long.toString(requests),
                "hits", Long.toString(hits),
                "bytesServed", Long.toString(bytesServed),
                "bytesFetched", Long.toString(bytesFetched));
    }
}

package io.archipelago.bench.lab;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.wire.Json;
import java.io.IOException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what the measuring programs say. */
final class Told {

    private static final Pattern ROUND_TRIP = Pattern.compile(" time=([0-9.]+) ms");
    /** {@code 67108864 bytes (67 MB, 64 MiB) copied, 0.0518 s, 1.3 GB/s} */
    private static final Pattern COPIED = Pattern.compile("(\\d+) bytes .*copied, ([0-9.e+-]+) s,");
    /** {@code /dev/ubda:0-63}: the device, its first extent and its last. */
    private static final Pattern EXTENTS = Pattern.compile("(/dev/[^:\\s]+):(\\d+)-(\\d+)");

    private Told() {}

    /** What arrived, by iperf3, in megabits per second. */
    static double megabits(String iperf) throws IOException {
        JsonNode bits = Json.mapper().readTree(iperf).at("/end/sum_received/bits_per_second");
        if (!bits.isNumber()) {
            throw new IOException("iperf3 tells no throughput: " + iperf.strip());
        }
        return bits.asDouble() / 1e6;
    }

    /** The median of the round trips that ping(8) tells, in milliseconds. */
    static double roundTrip(String ping) throws IOException {
        List<Double> times = ROUND_TRIP
                .matcher(ping)
                .results()
                .map(found -> Double.valueOf(found.group(1)))
                .sorted()
                .toList();
        if (times.isEmpty()) {
            throw new IOException("ping tells no round trip: " + ping.strip());
        }
        return times.get(times.size() / 2);
    }

    /** How fast dd(1) copied, in megabytes of 10^6 bytes per second. */
    static double megabytes(String dd) throws IOException {
        Matcher copied = COPIED.matcher(dd);
        if (!copied.find()) {
            throw new IOException("dd tells no rate: " + dd.strip());
        }
        return Double.parseDouble(copied.group(1)) / 1e6 / Double.parseDouble(copied.group(2));
    }

    /**
     * Where a logical volume lies on its disk.
     *
     * @param extents what lvs(8) tells as {@code seg_pe_ranges}: there must be one
     * @param firstExtent where the disk's first extent begins, in bytes
     */
    static Place place(String extents, long firstExtent, long extentBytes) throws IOException {
        List<MatchResult> ranges = EXTENTS.matcher(extents).results().toList();
        if (ranges.size() != 1) {
            throw new IOException("the volume does not lie in one piece: " + extents.strip());
        }
        MatchResult range = ranges.getFirst();
        long first = Long.parseLong(range.group(2));
        long last = Long.parseLong(range.group(3));
        return new Place(range.group(1), firstExtent + first * extentBytes, (last - first + 1) * extentBytes);
    }

    /** A part of a block device, in bytes. */
    record Place(String device, long offset, long length) {}
}

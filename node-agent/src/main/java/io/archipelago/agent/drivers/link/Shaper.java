package io.archipelago.agent.drivers.link;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;

/** Holds what a link sends to its bandwidth, by a token bucket on its device. The other end does the same for the other direction. */
final class Shaper {

    /** The bucket holds what comes within this part of a second: a kernel that looks a hundred times a second still reaches the rate. */
    private static final int BUCKETS_PER_SECOND = 50;

    /** Room for a few of the largest frames. */
    private static final long LEAST_BUCKET = 32 << 10;

    private final Programs programs;

    Shaper(Programs programs) {
        this.programs = programs;
    }

    void shape(Link link) throws DriverFault {
        if (defect(link).isEmpty()) {
            return;
        }
        String namespace = link.place().namespace();
        long bandwidth = link.spec().bandwidth();
        if (bandwidth == 0) {
            programs.run("tc", "-n", namespace, "qdisc", "delete", "dev", link.device(), "root");
            return;
        }
        programs.run(
                "tc",
                "-n",
                namespace,
                "qdisc",
                "replace",
                "dev",
                link.device(),
                "root",
                "tbf",
                "rate",
                bandwidth + "bit",
                "burst",
                Long.toString(Math.max(LEAST_BUCKET, bandwidth / Byte.SIZE / BUCKETS_PER_SECOND)),
                "latency",
                "50ms");
    }

    /** What is wrong, a sentence; empty if nothing. */
    String defect(Link link) throws DriverFault {
        String told = programs.run(
                "tc", "-n", link.place().namespace(), "-json", "qdisc", "show", "dev", link.device(), "root");
        long bandwidth = 0;
        for (JsonNode qdisc : Told.json("tc", told)) {
            if (qdisc.path("kind").asText().equals("tbf")) {
                bandwidth = qdisc.path("options").path("rate").asLong() * Byte.SIZE;
            }
        }
        // The kernel counts bytes.
        long wanted = link.spec().bandwidth() / Byte.SIZE * Byte.SIZE;
        return bandwidth == wanted
                ? ""
                : "it is held to %d bit/s and not to %d bit/s; 0 is no limit".formatted(bandwidth, wanted);
    }
}

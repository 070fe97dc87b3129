package io.archipelago.bench.lab;

import io.archipelago.lab.LabHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** The VPN appliance of the example, whose way to the WAN is its gateway's own. */
final class Appliance {

    private static final Path DIRECTORY = Path.of("/var/lib/archipelago/bench");

    /** Where a gateway's agent finds the scripts. */
    static final Path SCRIPTS = DIRECTORY.resolve("link-appliance");

    /** As the example's file says. */
    private static final String NAMESPACE = "appliance";

    private static final String FIRST_PROCESS = "1";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Appliance() {}

    static void setUp(LabHost gateway) throws IOException {
        gateway.output(LIMIT, "ip", "netns", "attach", NAMESPACE, FIRST_PROCESS);
        gateway.output(LIMIT, "mkdir", "-p", DIRECTORY.toString());
        Path example = example();
        gateway.show(example);
        gateway.output(LIMIT, "cp", "-r", example.toString(), SCRIPTS.toString());
    }

    private static Path example() {
        URI classes = URI.create(Appliance.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString());
        return Path.of(classes).resolve("../../../examples/link-appliance").normalize();
    }
}

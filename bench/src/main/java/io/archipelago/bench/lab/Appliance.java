package io.archipelago.bench.lab;

import io.archipelago.lab.LabHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The VPN appliance of the example, whose way to the WAN is its gateway's own. */
final class Appliance {

    /** Where a gateway's agent finds the scripts. */
    static final Path SCRIPTS = Path.of("/var/lib/archipelago/bench/link-appliance");

    private static final String NAMESPACE = "appliance";
    private static final String FIRST_PROCESS = "1";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Appliance() {}

    static void setUp(LabHost gateway) throws IOException {
        gateway.output(LIMIT, "ip", "netns", "attach", NAMESPACE, FIRST_PROCESS);
        gateway.output(LIMIT, "mkdir", "-p", SCRIPTS.getParent().toString());
        Path example = example();
        gateway.show(example);
        gateway.output(LIMIT, "cp", "-r", example.toString(), SCRIPTS.toString());
        gateway.output(
                LIMIT,
                "sh",
                "-c",
                "echo \"$1\" > \"$2\"",
                "sh",
                NAMESPACE,
                SCRIPTS.resolve("namespace").toString());
    }

    private static Path example() {
        Path classes = Path.of(Appliance.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        return classes.resolve("../../../examples/link-appliance").normalize();
    }
}

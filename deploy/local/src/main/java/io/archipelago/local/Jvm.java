package io.archipelago.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java that children run on: the one that runs us. */
final class Jvm {

    /** {@code full}: both compilers, as where a service has processors of its own. */
    private static final String COMPILER_VARIABLE = "VC_COMPILER";

    private static final String FULL = "full";

    private Jvm() {}

    static Path home() {
        return Path.of(System.getProperty("java.home"));
    }

    /** The beginning of a command line; what follows names the class or jar and its arguments. */
    static List<String> command(int heapMegabytes, AotCache cache) {
        List<String> command = new ArrayList<>();
        command.add(home().resolve("bin/java").toString());
        command.add("-Xmx" + heapMegabytes + "m");
        // Of the collectors it needs the least memory, and with two processors among a dozen JVMs none is faster.
        command.add("-XX:+UseSerialGC");
        // A dozen JVMs that each compile everything twice keep two processors busy for minutes. With the quick compiler
        // alone the flow took half of the processor's time, and a quarter less memory (docs/benchmarks.md).
        if (!FULL.equals(System.getenv(COMPILER_VARIABLE))) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.addAll(cache.flags());
        return command;
    }
}

package io.archipelago.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file in which a JVM keeps what it learned while it started, so that the next one starts in half the time
 * (JEP 483, JEP 514). It is made by a run that records it, when that run ends.
 */
record AotCache(Path file, boolean recording) {

    private static final int FIRST_JAVA_WITH_ONE_STEP_RECORDING = 25;

    /** Named after the Java that it fits, so that another Java makes its own. */
    static AotCache in(Path directory, String name) {
        return new AotCache(directory.resolve(name + "-" + Runtime.version() + ".aot"), false);
    }

    static AotCache none() {
        return new AotCache(Path.of("/nonexistent"), false);
    }

    static boolean isSupported() {
        return Runtime.version().feature() >= FIRST_JAVA_WITH_ONE_STEP_RECORDING;
    }

    /** For the run that makes it. It appears under another name, as nobody may find half of it. */
    AotCache draft() {
        long writer = ProcessHandle.current().pid();
        return new AotCache(file.resolveSibling(file.getFileName() + ".by-" + writer), true);
    }

    /** Missing, or older than what it was made from. */
    boolean isOutdated(Path madeFrom) throws IOException {
        return !Files.exists(file)
                || Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(madeFrom)) < 0;
    }

    /** No file, or a Java that does not know such files: none, and the JVM starts without. */
    List<String> flags() {
        if (!isSupported()) {
            return List.of();
        }
        if (recording) {
            return List.of("-XX:AOTCacheOutput=" + file);
        }
        return Files.exists(file)
                // One that does not fit (a changed jar) is passed over by the JVM; it need not say so.
                ? List.of("-XX:AOTCache=" + file, "-Xlog:aot=off", "-Xlog:cds=off")
                : List.of();
    }
}

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

    static AotCache at(Path file) {
        return new AotCache(file, false);
    }

    AotCache recorded() {
        return new AotCache(file, true);
    }

    static boolean isSupported() {
        return Runtime.version().feature() >= FIRST_JAVA_WITH_ONE_STEP_RECORDING;
    }

    /** Older than what it was made from, or missing. */
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
                // One that does not fit (another Java, a changed jar) is passed over by the JVM; it need not say so.
                ? List.of("-XX:AOTCache=" + file, "-Xlog:aot=off", "-Xlog:cds=off")
                : List.of();
    }
}

package io.archipelago.local;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How to start a process. Secrets go into the environment only, for everybody may read a command line. */
record Launch(List<String> command, Map<String, String> environment, Path directory, StopSignal stopSignal) {

    Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** The polite signal; {@code SIGKILL} follows when it is not heeded. */
    enum StopSignal {
        /** What nearly every program takes as "finish and go". */
        TERM,
        /** PostgreSQL's "fast" shutdown: at SIGTERM it would wait for its clients to leave. */
        INT
    }
}

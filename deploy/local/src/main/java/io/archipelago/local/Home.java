package io.archipelago.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The directory in which one stack keeps everything of its own; a second stack has a second home. */
record Home(Path root) {

    static final String VARIABLE = "VC_HOME";

    private static final String PID_SUFFIX = ".pid";

    Home {
        root = root.toAbsolutePath().normalize();
    }

    void create() throws IOException {
        for (Path directory : List.of(root, run(), logs(), root.resolve("data"))) {
            Files.createDirectories(directory);
        }
    }

    /** The durable data of one process. */
    Path data(String process) {
        return root.resolve("data").resolve(process);
    }

    Path log(String process) {
        return logs().resolve(process + ".log");
    }

    Path pidFile(String process) {
        return run().resolve(process + PID_SUFFIX);
    }

    /** The pid file of the supervisor itself; apart from its children's, as whoever stops those must not stop it. */
    Path supervisor() {
        return run().resolve("supervisor.json");
    }

    /** Held by the living supervisor; the kernel lets go of it however that one ends. */
    Path lock() {
        return run().resolve("supervisor.lock");
    }

    Path state() {
        return run().resolve("state.json");
    }

    Path secrets() {
        return root.resolve("secrets.json");
    }

    /** What the command line must know to find the sites. */
    Path endpoints() {
        return root.resolve("endpoints.json");
    }

    List<Path> pidFiles() throws IOException {
        if (!Files.isDirectory(run())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(run())) {
            return files.filter(file -> file.toString().endsWith(PID_SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    /** Removes what a stack wrote, and nothing that it did not. */
    void purge() throws IOException {
        for (String own : List.of("data", "log", "run", "secrets.json", "endpoints.json")) {
            Archives.delete(root.resolve(own));
        }
        if (Files.isDirectory(root)) {
            try (Stream<Path> rest = Files.list(root)) {
                if (rest.findAny().isPresent()) {
                    return;
                }
            }
            Files.delete(root);
        }
    }

    Path run() {
        return root.resolve("run");
    }

    Path logs() {
        return root.resolve("log");
    }
}

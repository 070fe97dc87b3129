package io.archipelago.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory in which one stack keeps everything of its own; a second stack has a second home. It carries a mark from its first start on:
 * without it, whatever lies there under names like ours belongs to somebody else.
 */
record Home(Path root) {

    static final String VARIABLE = "VC_HOME";

    private static final String PID_SUFFIX = ".pid";

    Home {
        root = root.toAbsolutePath().normalize();
    }

    /** Makes it, where there is nothing yet; a directory of somebody else's is refused. */
    void create() throws IOException {
        if (!isOurs()) {
            if (!isEmpty()) {
                throw new IOException(
                        root + " holds files that are not of Archipelago, so nothing is kept there: name an"
                                + " empty directory, or one that is not there yet, in " + VARIABLE);
            }
            Files.createDirectories(root);
            JsonFiles.write(
                    mark(), Map.of("madeBy", "Archipelago: ./vc down --purge removes what this directory holds"));
        }
        for (Path directory : List.of(run(), logs(), root.resolve("data"))) {
            Files.createDirectories(directory);
        }
    }

    /** Whether a stack made it. */
    boolean isOurs() {
        return Files.isRegularFile(mark());
    }

    private boolean isEmpty() throws IOException {
        if (!Files.exists(root)) {
            return true;
        }
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(root.toString());
        }
        try (Stream<Path> content = Files.list(root)) {
            return content.findAny().isEmpty();
        }
    }

    private Path mark() {
        return root.resolve(".archipelago");
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

    /** The one that is registered there, if it lives. */
    Optional<ProcessIdentity> livingSupervisor() {
        return PidFile.read(supervisor()).map(PidFile::process).filter(ProcessIdentity::isAlive);
    }

    /** Of {@link Ownership}. */
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

    /** Of {@link Fleet}. */
    Path fleets() {
        return root.resolve("fleets.json");
    }

    /** Whether a stack has run here. */
    boolean hasData() throws IOException {
        Path data = root.resolve("data");
        if (!Files.isDirectory(data)) {
            return false;
        }
        try (Stream<Path> content = Files.list(data)) {
            return content.findAny().isPresent();
        }
    }

    List<Path> pidFiles() throws IOException {
        if (!isOurs() || !Files.isDirectory(run())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(run())) {
            return files.filter(file -> file.toString().endsWith(PID_SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    /** What is there only as long as a stack runs. */
    void forgetRun() throws IOException {
        for (Path file : List.of(supervisor(), state(), endpoints())) {
            Files.deleteIfExists(file);
        }
    }

    /** Removes what a stack wrote, and nothing that it did not. */
    void purge() throws IOException {
        if (!isOurs()) {
            if (!isEmpty()) {
                throw new IOException(root + " was not made by Archipelago: nothing of it is removed");
            }
            return;
        }
        for (String own : List.of("data", "log", "run", "secrets.json", "endpoints.json", "fleets.json")) {
            Archives.delete(root.resolve(own));
        }
        // Last: a purge that was cut off can be done again.
        Files.delete(mark());
        if (isEmpty()) {
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

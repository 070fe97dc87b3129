package io.archipelago.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A throw-away PostgreSQL server. */
final class PostgresProcess {

    private final Path home;
    private final Path bin;
    private final int port;

    PostgresProcess(Path home, int port) {
        this.home = home;
        this.bin = home.resolve("dist/bin");
        this.port = port;
    }

    int port() {
        return port;
    }

    void start() throws IOException, InterruptedException {
        Path data = home.resolve("data");
        if (!Files.exists(data)) {
            unpack(home.resolve("dist"));
            Files.createDirectories(data);
            if (root()) {
                run(List.of("chown", "-R", "postgres", home.toString()));
            }
            run(asUser(
                    bin.resolve("initdb"), "-D", data.toString(), "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N"));
        }
        String options = "-p " + port + " -h 127.0.0.1 -k '' -c fsync=off -c max_connections=100";
        run(asUser(
                bin.resolve("pg_ctl"),
                "-D",
                data.toString(),
                "-l",
                home.resolve("log").toString(),
                "-o",
                options,
                "-w",
                "start"));
    }

    void stop() throws IOException, InterruptedException {
        run(asUser(bin.resolve("pg_ctl"), "-D", home.resolve("data").toString(), "-m", "immediate", "-w", "stop"));
    }

    private static void unpack(Path target) throws IOException, InterruptedException {
        Files.createDirectories(target);
        Path archive = target.resolve("postgres.txz");
        try (InputStream in = PostgresProcess.class.getResourceAsStream("/postgres-linux-x86_64.txz")) {
            if (in == null) {
                throw new IOException("no PostgreSQL binaries on the class path");
            }
            Files.copy(in, archive);
        }
        run(List.of("tar", "-xJf", archive.toString(), "-C", target.toString()));
    }

    private static boolean root() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<String> asUser(Path program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (root()) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("archipelago", ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed: " + Files.readString(output));
        }
    }
}

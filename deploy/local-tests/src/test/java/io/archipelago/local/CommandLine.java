package io.archipelago.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Runs the commands of local mode as a user would, on an installation whose services are fake ones. */
final class CommandLine {

    /** Processes under the supervisor. */
    static final int MEMBERS = 16;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path repository;
    private final Home home;
    private final Stack stack;

    CommandLine(Path directory) throws IOException {
        repository = directory.resolve("repository");
        home = new Home(directory.resolve("home"));
        stack = Stack.onFreePorts(Stack.ofTwoSites(Stack.DEFAULT_PORT_BASE).sites());
        Path realm = repository.resolve("deploy/keycloak/archipelago-realm.json");
        Files.createDirectories(realm.getParent());
        Files.copy(Installation.find().realm(), realm);
        for (ServiceKind kind : ServiceKind.values()) {
            install(kind.module());
        }
        install("node-agent");
    }

    record Outcome(int code, String output) {}

    Home home() {
        return home;
    }

    Stack stack() {
        return stack;
    }

    Outcome run(String... arguments) throws IOException, InterruptedException {
        return outcome(start(arguments));
    }

    static Outcome outcome(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    Process start(String... arguments) throws IOException {
        return start(List.of(), Map.of(), arguments);
    }

    /** With flags for the Java of the command itself, and more in its environment. */
    Process start(List<String> flags, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Jvm.home().resolve("bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-D" + Installation.REPOSITORY_PROPERTY + "=" + repository));
        command.addAll(flags);
        command.addAll(List.of(
                "-cp",
                // The libraries once more, for the logger that is not among our own dependencies.
                System.getProperty("java.class.path") + ":" + Installation.libraryFolder() + "/*",
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("VC_HOME", home.root().toString());
        builder.environment().put("VC_PORT_BASE", Integer.toString(stack.portBase()));
        builder.environment().put("VC_RECORD", "off");
        builder.environment().putAll(environment);
        return builder.start();
    }

    JsonNode status() throws IOException, InterruptedException {
        return JSON.readTree(run("status", "-o", "json").output());
    }

    /** A process as the status tells of it. */
    JsonNode process(String name) throws IOException, InterruptedException {
        for (JsonNode process : status().path("processes")) {
            if (process.path("name").asText().equals(name)) {
                return process;
            }
        }
        throw new AssertionError("no process " + name);
    }

    static void kill(JsonNode process) {
        ProcessHandle handle = ProcessHandle.of(process.path("pid").asLong()).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().join();
    }

    void execute(String database, String sql) throws IOException, SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The one value that a query finds. */
    String query(String database, String sql) throws IOException, SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new AssertionError("nothing found by: " + sql);
            }
            return rows.getString(1);
        }
    }

    private Connection connect(String database) throws IOException, SQLException {
        String password =
                JSON.readTree(Files.readString(home.secrets())).path(database).asText();
        return DriverManager.getConnection(stack.jdbcUrl(database), database, password);
    }

    /** The processes that were started with this home, by whatever trace of it they show. */
    List<String> processes() throws IOException {
        return processes(home.root().toString());
    }

    static List<String> processes(String trace) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(process -> process.getFileName().toString().matches("\\d+"))
                    .filter(process -> !process.endsWith(
                            Long.toString(ProcessHandle.current().pid())))
                    .filter(process -> content(process, "cmdline").contains(trace)
                            || content(process, "environ").contains(trace)
                            || workingDirectory(process).startsWith(trace))
                    .map(process -> process.getFileName() + " "
                            + content(process, "cmdline").replace('\0', ' '))
                    .toList();
        }
    }

    static String content(Path process, String file) {
        try {
            return Files.readString(process.resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException | UncheckedIOException gone) {
            return "";
        }
    }

    private static String workingDirectory(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).toString();
        } catch (IOException gone) {
            return "";
        }
    }

    private void install(String module) throws IOException {
        Path jar = repository.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
        Files.createDirectories(jar.getParent());
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, FakeService.class.getName());
        String resource = FakeService.class.getName().replace('.', '/') + ".class";
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file, manifest);
                var content = FakeService.class.getClassLoader().getResourceAsStream(resource)) {
            if (content == null) {
                throw new IOException("no " + resource);
            }
            entries.putNextEntry(new JarEntry(resource));
            content.transferTo(entries);
            entries.closeEntry();
        }
    }
}

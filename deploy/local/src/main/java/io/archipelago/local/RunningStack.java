package io.archipelago.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Two sites as processes of this machine, started as {@code ./vc up} starts them, with a home and ports of their own: for system tests
 * and benchmarks. Closing it stops them and removes what they wrote.
 */
public final class RunningStack implements AutoCloseable {

    private static final int START_WITHIN_MINUTES = 8;
    private static final String CLIENT_ID = "archipelago-cli";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path home;
    private final Stack stack;
    private final Map<String, String> environment;
    private final Wan wan;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningStack(Path home, Stack stack, Wan wan, Map<String, String> environment) {
        this.home = home;
        this.stack = stack;
        this.wan = wan;
        this.environment = Map.copyOf(environment);
    }

    /**
     * Starts the stack and waits until all of it is ready.
     *
     * @param environment what all of its processes get beside what local mode sets, e.g. {@code AGENT_SIM_INSTANT}
     * @throws IllegalStateException with the output of {@code vc up}, if it does not come up
     */
    public static RunningStack start(Map<String, String> environment) throws IOException, InterruptedException {
        Stack stack =
                Stack.onFreePorts(Stack.ofTwoSites(Stack.DEFAULT_PORT_BASE).sites());
        RunningStack running =
                new RunningStack(Files.createTempDirectory("archipelago-stack"), stack, Wan.before(stack), environment);
        try {
            running.run(Set.of(Main.OK), "up");
            return running;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            try {
                running.close();
            } catch (IOException | InterruptedException | RuntimeException unclean) {
                failure.addSuppressed(unclean);
            }
            throw failure;
        }
    }

    /** What lies between the sites. */
    public Wan wan() {
        return wan;
    }

    public Stack stack() {
        return stack;
    }

    public Site site(String id) {
        return stack.sites().stream()
                .filter(site -> site.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Where a site's log files are. */
    public Path logs() {
        return home.resolve("log");
    }

    /** The access token of one of the realm's users; the password of local mode is the name. */
    public String signOn(String user) throws IOException, InterruptedException {
        String form = "grant_type=password&client_id=" + CLIENT_ID + "&username=" + user + "&password=" + user;
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(stack.tokenUrl()))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("Keycloak signs " + user + " on with " + answer.statusCode());
        }
        return JSON.readTree(answer.body()).get("access_token").asText();
    }

    /** The processes as {@code ./vc status} tells them. */
    public JsonNode status() throws IOException, InterruptedException {
        return JSON.readTree(run(Set.of(Main.OK, Main.FAILED), "status", "-o", "json"));
    }

    /** The process of a name, such as {@code tokyo-storage}, as it runs now. */
    public ProcessHandle process(String name) throws IOException, InterruptedException {
        for (JsonNode process : status().get("processes")) {
            if (process.get("name").asText().equals(name)) {
                return ProcessHandle.of(process.get("pid").asLong())
                        .orElseThrow(() -> new IllegalStateException(name + " does not run"));
            }
        }
        throw new IllegalArgumentException("there is no process " + name);
    }

    /** What a site's agent says at a path, such as {@code /sim/hosts}: what really is, whatever anybody believes. */
    public JsonNode agent(String site, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://" + Ports.HOST + ":" + stack.agentPort(site(site)) + path);
        return JSON.readTree(http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body());
    }

    /** A connection to a service's database, with the rights of that service. */
    public Connection connect(String site, ServiceKind service) throws SQLException, IOException {
        String database = Stack.database(site(site), service);
        String password = JSON.readTree(home.resolve("secrets.json").toFile())
                .findPath(database)
                .asText();
        return DriverManager.getConnection(stack.jdbcUrl(database), database, password);
    }

    /** The first column of what a query finds in a service's database. */
    public List<String> query(String site, ServiceKind service, String sql) throws SQLException, IOException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect(site, service);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try (wan) {
            run(Set.of(Main.OK), "down", "--purge");
        }
    }

    private String run(Set<Integer> expected, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(File.pathSeparator, Installation.classPath()),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("vc-", ".out");
        Path errors = Files.createTempFile("vc-", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
            builder.environment().putAll(environment);
            // When whoever runs us was called is not when this stack was asked for.
            builder.environment().remove(Context.BEGUN);
            builder.environment()
                    .putAll(Map.of(
                            Home.VARIABLE, home.toString(),
                            Context.PORT_BASE, Integer.toString(stack.portBase()),
                            Context.WAN, wan.ports(),
                            Context.RECORD, Context.RECORD_OFF));
            Process process = builder.start();
            boolean ended = process.waitFor(START_WITHIN_MINUTES, TimeUnit.MINUTES);
            String text = Files.readString(output);
            if (!ended || !expected.contains(process.exitValue())) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "vc " + String.join(" ", arguments) + " failed:\n" + text + Files.readString(errors));
            }
            return text;
        } finally {
            Files.deleteIfExists(output);
            Files.deleteIfExists(errors);
        }
    }
}

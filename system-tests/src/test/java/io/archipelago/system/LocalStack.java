package io.archipelago.system;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.Site;
import io.archipelago.local.Stack;
import io.archipelago.wire.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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

/** Two sites as processes of this machine, with a home and ports of their own, as {@code ./vc up} starts them. */
final class LocalStack implements AutoCloseable {

    static final List<Site> SITES = List.of(new Site("tokyo", 1), new Site("osaka", 2));

    private static final int START_WITHIN_MINUTES = 8;
    private static final int NOT_ALL_READY = 1;

    private final Path root;
    private final Path home;
    private final Stack stack;
    private final HttpClient http = HttpClient.newHttpClient();

    private LocalStack(Path root, Path home, Stack stack) {
        this.root = root;
        this.home = home;
        this.stack = stack;
    }

    /** Starts the stack and waits until all of it is ready. */
    static LocalStack start() throws IOException, InterruptedException {
        Path root = Path.of(System.getProperty("vc.root", "..")).toRealPath();
        LocalStack local = new LocalStack(root, Files.createTempDirectory("archipelago-st"), Stack.onFreePorts(SITES));
        local.run("up");
        return local;
    }

    Stack stack() {
        return stack;
    }

    URI api(String site) {
        return URI.create(stack.apiUrl(site(site)) + "/api/v1/reservations");
    }

    /** A tenant or operator who has signed on at the stack's Keycloak; the password of local mode is the name. */
    Person signOn(String user) throws IOException, InterruptedException {
        String form = "grant_type=password&client_id=archipelago-cli&username=" + user + "&password=" + user;
        HttpRequest request = HttpRequest.newBuilder(URI.create(stack.tokenUrl()))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        JsonNode answer = Json.mapper()
                .readTree(http.send(request, BodyHandlers.ofString()).body());
        return new Person(http, answer.get("access_token").asText());
    }

    /** The processes as {@code ./vc status} tells them, by name. */
    JsonNode status() throws IOException, InterruptedException {
        return Json.mapper().readTree(run(Set.of(0, NOT_ALL_READY), "status", "-o", "json"));
    }

    /** What really is on a site's simulated hosts, whatever anybody believes. */
    JsonNode hosts(String site) throws IOException, InterruptedException {
        return agent(site, "/sim/hosts");
    }

    JsonNode violations(String site) throws IOException, InterruptedException {
        return agent(site, "/sim/violations");
    }

    /** The first column of what a query finds in a service's database. */
    List<String> query(String site, String service, String sql) throws SQLException, IOException {
        String database = site + "_" + service;
        JsonNode secrets = Json.mapper().readTree(home.resolve("secrets.json").toFile());
        String password = secrets.findPath(database).asText();
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(stack.jdbcUrl(database), database, password);
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
        run("down", "--purge");
    }

    private static Site site(String id) {
        return SITES.stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
    }

    private JsonNode agent(String site, String path) throws IOException, InterruptedException {
        // The agent is the last of a site's ports; see Stack.
        int port = stack.kafkaPort(site(site)) + 20;
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return Json.mapper()
                .readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        return run(Set.of(0), arguments);
    }

    private String run(Set<Integer> expected, String... arguments) throws IOException, InterruptedException {
        String classPath = String.join(
                File.pathSeparator,
                root.resolve("deploy/local/target/classes").toString(),
                root.resolve("contracts/target/classes").toString(),
                root.resolve("deploy/local/target/lib").toString() + "/*");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-cp", classPath));
        command.add("io.archipelago.local.Main");
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(home, "vc-", ".out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment()
                .putAll(Map.of(
                        "VC_HOME", home.toString(),
                        "VC_PORT_BASE", Integer.toString(stack.portBase()),
                        "VC_RECORD", "off"));
        Process process = builder.start();
        boolean ended = process.waitFor(START_WITHIN_MINUTES, TimeUnit.MINUTES);
        String text = Files.readString(output);
        if (!ended || !expected.contains(process.exitValue())) {
            process.destroyForcibly();
            throw new IllegalStateException("vc " + String.join(" ", arguments) + " failed:\n" + text);
        }
        return text;
    }
}

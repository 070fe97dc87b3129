package io.archipelago.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Two sites as processes of this machine, started as {@code ./vc up} starts them, with a home and ports of their own: for system tests
 * and benchmarks. Closing it stops them and removes what they wrote.
 */
public final class RunningStack implements AutoCloseable {

    /** The name of the process that keeps the others running. */
    public static final String SUPERVISOR = "supervisor";

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
            running.up();
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

    /** The names of the processes that the supervisor keeps running. */
    public List<String> processes() {
        return state().stream()
                .flatMap(state -> state.processes().stream())
                .map(StackState.ProcessState::name)
                .toList();
    }

    /** Whether the supervisor and every process lives and serves. */
    public boolean isReady() {
        return handle(SUPERVISOR).isPresent()
                && state().filter(state -> state.phase() == StackState.Phase.READY
                                && state.processes().stream()
                                        .allMatch(process -> process.condition() == StackState.Condition.READY))
                        .isPresent();
    }

    /** The process of a name, such as {@code tokyo-storage} or {@code supervisor}, as it runs now. */
    public ProcessHandle process(String name) {
        return handle(name).orElseThrow(() -> new IllegalStateException("there runs no " + name));
    }

    /** From the supervisor's files: {@code ./vc status} asks every database and broker, which takes as long as many a state lasts. */
    private Optional<ProcessHandle> handle(String name) {
        if (name.equals(SUPERVISOR)) {
            return supervisor().flatMap(ProcessIdentity::handle);
        }
        return state().stream()
                .flatMap(state -> state.processes().stream())
                .filter(process -> process.name().equals(name) && process.pid() != 0)
                .findFirst()
                .flatMap(process -> ProcessHandle.of(process.pid()));
    }

    private Optional<StackState> state() {
        return supervisor().flatMap(supervisor -> StackState.of(new Home(home), supervisor));
    }

    private Optional<ProcessIdentity> supervisor() {
        return new Home(home).livingSupervisor();
    }

    /** As {@code ./vc up}: starts all anew if the supervisor is gone, on the data and ports of before. */
    public void up() throws IOException, InterruptedException {
        run(Set.of(Main.OK), "up");
    }

    /** What a site's agent says at a path, such as {@code /sim/hosts}: what really is, whatever anybody believes. */
    public JsonNode agent(String site, String path) throws IOException, InterruptedException {
        return JSON.readTree(
                http.send(HttpRequest.newBuilder(agentUri(site, path)).build(), BodyHandlers.ofString())
                        .body());
    }

    /**
     * Plays a mishap to a site's simulated hosts.
     *
     * @param mishap as {@code POST /sim/faults} takes it
     * @throws IllegalArgumentException if it is not taken
     */
    public void play(String site, String mishap) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(agentUri(site, "/sim/faults"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(mishap))
                        .build(),
                BodyHandlers.ofString());
        if (answer.statusCode() != HttpURLConnection.HTTP_OK) {
            throw new IllegalArgumentException(mishap + ": " + answer.body());
        }
    }

    private URI agentUri(String site, String path) {
        return URI.create("http://" + Ports.HOST + ":" + stack.agentPort(site(site)) + path);
    }

    /** Where the agent of a site keeps what a host remembers. */
    public Path hostDirectory(String site, String host) {
        return new Home(home).data(Stack.agent(site(site))).resolve("state").resolve(host);
    }

    /** Where a service of a site answers. */
    public String url(String site, ServiceKind service) {
        return "http://" + Ports.HOST + ":" + stack.servicePort(site(site), service);
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

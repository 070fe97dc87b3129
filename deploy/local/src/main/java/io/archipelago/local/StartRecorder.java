package io.archipelago.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the AOT caches that are missing or older than what they were made from. Each program is run once, with the servers it needs, in a
 * home of its own that is removed afterwards.
 */
final class StartRecorder {

    private static final List<String> REQUESTS =
            List.of("/q/health/ready", "/q/health/live", "/api/v1/reservations", "/api/v1/openapi?format=json");

    /** The cache is put together when the program ends, which takes some seconds for the larger ones. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Context context;
    private final Home home;
    private final Programs programs;
    private final Site site;

    private StartRecorder(Context context, Home home, Stack stack, Programs programs) {
        this.context = context;
        this.home = home;
        this.programs = programs;
        this.site = stack.sites().getFirst();
    }

    /** A program that is due, and where its recording ends up. */
    private record Due(Program program, AotCache cache) {}

    /** Only after a build, or for a Java that was not used before; false when there was nothing to do. */
    static boolean record(Context context) throws IOException, InterruptedException {
        if (!AotCache.isSupported()) {
            return false;
        }
        Home home = new Home(Files.createTempDirectory("archipelago-record"));
        home.create();
        // Interrupted with Ctrl-C: the processes end by themselves, and their files go with them.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> purge(home)));
        try {
            // Real hosts have no agent here, and a program starts no differently for them.
            List<Site> sites = context.stack().sites().stream()
                    .map(each -> new Site(each.id(), each.number()))
                    .toList();
            Stack stack = Stack.onFreePorts(sites);
            Secrets secrets = Secrets.ensure(home.secrets(), stack);
            Programs programs = new Programs(stack, home, context.installation(), secrets);
            return new StartRecorder(context, home, stack, programs).recordDue();
        } finally {
            purge(home);
        }
    }

    private static void purge(Home home) {
        try {
            home.purge();
        } catch (IOException stillInUse) {
            // A directory for temporary files is cleaned by the machine, too.
        }
    }

    private boolean recordDue() throws IOException, InterruptedException {
        List<Due> servers = dueServers();
        for (Due server : servers) {
            record(server.program(), server.cache());
        }
        List<Due> applications = dueApplications();
        if (applications.isEmpty()) {
            return !servers.isEmpty();
        }
        try (PostgresServer postgres = programs.postgres();
                KafkaServer kafka = programs.kafka(site, Installation.brokerCache())) {
            postgres.start();
            kafka.start();
            for (Due application : applications) {
                record(application.program(), application.cache());
            }
        }
        return true;
    }

    private List<Due> dueServers() throws IOException {
        List<Due> due = new ArrayList<>();
        AotCache broker = Installation.brokerCache();
        if (broker.isOutdated(Installation.libraryFolder())) {
            due.add(new Due(programs.kafka(site, broker.draft()), broker));
        }
        AotCache keycloak = KeycloakServer.aotCache();
        if (keycloak.isOutdated(KeycloakServer.distribution())) {
            due.add(new Due(programs.keycloak(keycloak.draft()), keycloak));
        }
        return due;
    }

    private List<Due> dueApplications() throws IOException {
        List<Due> due = new ArrayList<>();
        for (ServiceKind kind : ServiceKind.values()) {
            Path application = context.installation().application(kind.module());
            AotCache cache = QuarkusProgram.aotCache(application);
            if (isDue(application, cache)) {
                due.add(new Due(programs.service(site, kind, cache.draft()), cache));
            }
        }
        Path agent = context.installation().application("node-agent");
        AotCache cache = QuarkusProgram.aotCache(agent);
        if (isDue(agent, cache)) {
            due.add(new Due(programs.agent(site, cache.draft()), cache));
        }
        return due;
    }

    private static boolean isDue(Path application, AotCache cache) throws IOException {
        Path jar = QuarkusProgram.jar(application);
        return Files.exists(jar) && cache.isOutdated(jar);
    }

    /** A program that cannot be recorded starts without a cache later on: slower, and no reason to stop here. */
    private void record(Program program, AotCache cache) throws IOException, InterruptedException {
        context.out().println("  recording the start of " + program.name());
        Files.createDirectories(cache.file().toAbsolutePath().getParent());
        ServerProcess process = new ServerProcess(program, home.data(program.name()));
        try {
            process.start();
            for (String request : REQUESTS) {
                Http.status(URI.create("http://" + Ports.HOST + ":" + program.port() + request));
            }
            process.stop(PATIENCE);
            Files.move(cache.draft().file(), cache.file(), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Path log = cache.file().resolveSibling(program.name() + ".log");
            if (Files.exists(process.log())) {
                Files.copy(process.log(), log, StandardCopyOption.REPLACE_EXISTING);
            }
            String reason = String.valueOf(e.getMessage());
            context.err()
                    .println("  not recorded, it will start more slowly: "
                            + reason.lines().findFirst().orElse(reason) + " See " + log);
        } finally {
            process.kill();
            // The JVM keeps the intermediate step beside it.
            for (String suffix : List.of("", ".config")) {
                Files.deleteIfExists(Path.of(cache.draft().file() + suffix));
            }
        }
    }
}

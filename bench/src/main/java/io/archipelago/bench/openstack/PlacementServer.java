package io.archipelago.bench.openstack;

import io.archipelago.lab.DebianPackages;
import io.archipelago.local.Archives;
import io.archipelago.local.Ports;
import io.archipelago.local.PostgresServer;
import io.archipelago.local.PostgresServer.Database;
import io.archipelago.local.Secrets;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * OpenStack Placement as Debian packages it, on a PostgreSQL of its own: served by uWSGI with as many processes and threads as Debian sets. Both listen on
 * the loopback address alone, and their directories go with them.
 */
final class PlacementServer implements AutoCloseable {

    static final String PACKAGE = "python3-placement";
    private static final List<String> PACKAGES =
            List.of(PACKAGE, "python3-psycopg2", "uwsgi-core", "uwsgi-plugin-python3");

    private static final String DATABASE = "placement";
    private static final String CONFIGURATION = "placement.conf";
    private static final String SERVING = "uwsgi.ini";
    private static final String LOG = "log";
    private static final String USER = "nobody";
    private static final String GROUP = "nogroup";
    private static final Duration TO_START = Duration.ofSeconds(90);
    private static final Duration TO_STOP = Duration.ofSeconds(20);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final Database database = new Database(DATABASE, Secrets.random());
    private final Path home;
    private final Path settings;
    private final PostgresServer postgres;
    private final URI base;
    private final Thread end = new Thread(this::endQuietly, "end of OpenStack Placement");
    private @Nullable Process process;

    private PlacementServer() throws IOException {
        home = Files.createTempDirectory("archipelago-openstack");
        settings = Files.createDirectory(home.resolve("settings"));
        postgres = new PostgresServer(home.resolve("postgres"), 0, Secrets.random());
        base = URI.create("http://" + Ports.HOST + ":" + Ports.free(1).getFirst());
        Runtime.getRuntime().addShutdownHook(end);
    }

    /** Installs what is missing. */
    static void install(Consumer<String> says) throws IOException, InterruptedException {
        DebianPackages.install("OpenStack Placement needs", PACKAGES, says);
    }

    static PlacementServer start() throws IOException, InterruptedException {
        PlacementServer server = new PlacementServer();
        try {
            server.begin();
            return server;
        } catch (IOException | InterruptedException | RuntimeException e) {
            try (server) {
                throw e;
            }
        }
    }

    /** Where it is asked. */
    URI base() {
        return base;
    }

    private void begin() throws IOException, InterruptedException {
        postgres.start();
        try {
            postgres.createDatabase(database);
        } catch (SQLException e) {
            throw new IOException("no database was made for OpenStack Placement", e);
        }
        configure();
        Process sync = program("placement-manage", "--config-file", file(CONFIGURATION), "db", "sync");
        try {
            if (!sync.waitFor(TO_START.toSeconds(), TimeUnit.SECONDS) || sync.exitValue() != 0) {
                throw new IOException("placement-manage db sync failed:\n" + log());
            }
        } finally {
            sync.destroyForcibly();
        }
        Process started = program("uwsgi", "--ini", file(SERVING));
        process = started;
        PlacementApi api = new PlacementApi(base);
        long deadline = System.nanoTime() + TO_START.toNanos();
        while (!api.isThere()) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("OpenStack Placement did not start:\n" + log());
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    /** What root alone writes, and the user that it runs as reads. */
    private void configure() throws IOException {
        write(CONFIGURATION, """
                [api]
                auth_strategy = noauth2
                [placement_database]
                connection = postgresql+psycopg2://%s:%s@%s:%d/%s
                [placement]
                # Else all who ask at once would get the same hosts.
                randomize_allocation_candidates = true
                """.formatted(
                DATABASE, database.password(), Ports.HOST, postgres.ports().getFirst(), DATABASE));
        write(SERVING, """
                [uwsgi]
                plugins = python3
                wsgi-file = /usr/bin/placement-api
                http-socket = %s:%d
                processes = 8
                threads = 32
                master = true
                lazy-apps = true
                thunder-lock = true
                enable-threads = true
                buffer-size = 65535
                die-on-term = true
                no-orphans = true
                need-app = true
                disable-logging = true
                add-header = Connection: close
                uid = %s
                gid = %s
                """.formatted(base.getHost(), base.getPort(), USER, GROUP));
        for (Path directory : List.of(home, settings)) {
            allow(directory, "rwxr-x---");
        }
    }

    private void write(String name, String content) throws IOException {
        Path file = settings.resolve(name);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
        allow(file, "rw-r-----");
    }

    private static void allow(Path path, String permissions) throws IOException {
        GroupPrincipal group =
                path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(GROUP);
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        view.setGroup(group);
        view.setPermissions(PosixFilePermissions.fromString(permissions));
    }

    private Process program(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(settings.resolve(LOG).toFile()));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("OS_PLACEMENT_CONFIG_DIR", settings.toString());
        return builder.start();
    }

    private String file(String name) {
        return settings.resolve(name).toString();
    }

    private String log() throws IOException {
        return Files.readString(settings.resolve(LOG));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException endingAlready) {
            return; // It does the same.
        }
        end();
    }

    private void end() throws IOException, InterruptedException {
        Process running = process;
        try {
            if (running != null) {
                running.destroy();
                if (!running.waitFor(TO_STOP.toSeconds(), TimeUnit.SECONDS)) {
                    running.descendants().forEach(ProcessHandle::destroyForcibly);
                    running.destroyForcibly();
                }
            }
        } finally {
            try {
                postgres.stop();
            } finally {
                Archives.delete(home);
            }
        }
    }

    private void endQuietly() {
        try {
            end();
        } catch (IOException | InterruptedException e) {
            // Nobody is left to be told.
        }
    }
}

package io.archipelago.bench.openstack;

import io.archipelago.lab.DebianPackages;
import io.archipelago.local.Archives;
import io.archipelago.local.PostgresServer;
import io.archipelago.local.PostgresServer.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * OpenStack Placement as Debian packages it, served by uWSGI with Debian's own settings, on a PostgreSQL of its own. Both listen on the loopback address
 * alone, and leave nothing behind.
 */
final class PlacementServer implements AutoCloseable {

    static final String PACKAGE = "python3-placement";
    private static final List<String> PACKAGES =
            List.of(PACKAGE, "python3-psycopg2", "uwsgi-core", "uwsgi-plugin-python3");

    private static final String HOST = "127.0.0.1";
    private static final String DATABASE = "placement";
    private static final String USER = "nobody";
    private static final String GROUP = "nogroup";
    private static final int PASSWORD_BYTES = 24;
    private static final Duration TO_START = Duration.ofSeconds(90);
    private static final Duration TO_STOP = Duration.ofSeconds(20);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final Path database;
    private final Path service;
    private final Database placement = new Database(DATABASE, password());
    private final PostgresServer postgres;
    private final URI base;
    private @Nullable Process process;

    private PlacementServer() throws IOException {
        database = Files.createTempDirectory("archipelago-openstack-db");
        service = Files.createTempDirectory("archipelago-openstack");
        postgres = new PostgresServer(database, 0, password());
        int port = freePort();
        base = URI.create("http://" + HOST + ":" + port);
        write("placement.conf", """
                [api]
                auth_strategy = noauth2
                [placement_database]
                connection = postgresql+psycopg2://%s:%s@%s:%d/%s
                [placement]
                # Else all who ask at once would get the same hosts.
                randomize_allocation_candidates = true
                """.formatted(
                        DATABASE, placement.password(), HOST, postgres.ports().getFirst(), DATABASE));
        write("uwsgi.ini", """
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
                need-app = true
                disable-logging = true
                add-header = Connection: close
                uid = %s
                gid = %s
                """.formatted(HOST, port, USER, GROUP));
    }

    /** Installs what is missing, and starts it. */
    static PlacementServer start(Consumer<String> says) throws IOException, InterruptedException, SQLException {
        DebianPackages.install("OpenStack Placement needs", PACKAGES, says);
        PlacementServer server = new PlacementServer();
        try {
            server.begin();
            return server;
        } catch (IOException | InterruptedException | SQLException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Where it is asked. */
    URI base() {
        return base;
    }

    private void begin() throws IOException, InterruptedException, SQLException {
        postgres.start();
        postgres.createDatabase(placement);
        Process sync = builder(
                        "placement-manage",
                        "--config-file",
                        service.resolve("placement.conf").toString(),
                        "db",
                        "sync")
                .start();
        if (!sync.waitFor(TO_START.toSeconds(), TimeUnit.SECONDS) || sync.exitValue() != 0) {
            sync.destroyForcibly();
            throw new IOException("placement-manage db sync failed:\n" + log());
        }
        UserPrincipal user =
                service.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
        for (Path each : List.of(service, service.resolve("placement.conf"), service.resolve("uwsgi.ini"))) {
            Files.setOwner(each, user);
        }
        Process started = builder("uwsgi", "--ini", service.resolve("uwsgi.ini").toString())
                .start();
        process = started;
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroy, "end of OpenStack Placement"));
        PlacementApi api = new PlacementApi(base);
        long deadline = System.nanoTime() + TO_START.toNanos();
        while (!api.isThere()) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("OpenStack Placement did not start:\n" + log());
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private ProcessBuilder builder(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(service.resolve("log").toFile()));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("OS_PLACEMENT_CONFIG_DIR", service.toString());
        return builder;
    }

    private String log() throws IOException {
        return Files.readString(service.resolve("log"));
    }

    private void write(String name, String content) throws IOException {
        Path file = service.resolve(name);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
    }

    private static String password() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroy();
            if (!running.waitFor(TO_STOP.toSeconds(), TimeUnit.SECONDS)) {
                running.descendants().forEach(ProcessHandle::destroyForcibly);
                running.destroyForcibly();
            }
        }
        postgres.stop();
        Archives.delete(service);
        Archives.delete(database);
    }
}

package io.archipelago.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Keycloak with one realm imported, in a directory of its own, on the loopback address. The distribution is unpacked and
 * built ("augmented") once per user and shared; only the data are a server's own.
 */
public final class KeycloakServer implements Program, AutoCloseable {

    public static final String REALM = "archipelago";

    private static final int HEAP_MEGABYTES = 256;
    private static final int BUILD_HEAP_MEGABYTES = 512;
    private static final String ADMIN = "admin";

    private final Path directory;
    private final int port;
    private final Path realm;
    private final String adminPassword;
    private final AotCache aotCache;
    private final ServerProcess process;

    /**
     * @param directory its home, created when it is not there
     * @param port where it listens; 0: any free one
     * @param realm the file that is imported on the first start
     * @param adminPassword of the user {@code admin} of the realm {@code master}, made on the first start
     */
    public KeycloakServer(Path directory, int port, Path realm, String adminPassword) throws IOException {
        this(directory, port, realm, adminPassword, aotCache());
    }

    KeycloakServer(Path directory, int port, Path realm, String adminPassword, AotCache aotCache) throws IOException {
        this.directory = directory.toAbsolutePath();
        this.port = port == 0 ? Ports.free(1).getFirst() : port;
        this.realm = realm;
        this.adminPassword = adminPassword;
        this.aotCache = aotCache;
        this.process = new ServerProcess(this, this.directory);
    }

    public void start() throws IOException, InterruptedException {
        process.start();
    }

    public void stop() throws IOException, InterruptedException {
        process.stop();
    }

    /** Ends the server with SIGKILL. */
    public void kill() throws IOException, InterruptedException {
        process.kill();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stop();
    }

    public long pid() {
        return process.pid();
    }

    /** The file of the realm of local mode. */
    public static Path realm() {
        return Installation.find().realm();
    }

    /** What services know as their OIDC server, and what tokens name as their issuer. */
    public String issuer() {
        return issuer(port);
    }

    public String tokenUrl() {
        return tokenUrl(port);
    }

    static String issuer(int port) {
        return url(port) + "/realms/" + REALM;
    }

    static String tokenUrl(int port) {
        return issuer(port) + "/protocol/openid-connect/token";
    }

    private static String url(int port) {
        return "http://localhost:" + port;
    }

    @Override
    public String name() {
        return "keycloak";
    }

    @Override
    public List<Integer> ports() {
        return List.of(port);
    }

    /** Its home is a set of links to the shared distribution, beside the data that are its own. */
    @Override
    public void prepare() throws IOException {
        Path distribution = distribution();
        Path importFolder = Files.createDirectories(directory.resolve("data/import"));
        Files.copy(realm, importFolder.resolve("archipelago-realm.json"), StandardCopyOption.REPLACE_EXISTING);
        for (String part : List.of("conf", "lib", "providers", "themes")) {
            Path link = directory.resolve(part);
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, distribution.resolve(part));
        }
    }

    @Override
    public Launch launch() {
        try {
            Path distribution = distribution();
            List<String> command = command(HEAP_MEGABYTES, directory, distribution, aotCache);
            command.addAll(List.of(
                    "start",
                    "--optimized",
                    "--import-realm",
                    "--http-enabled=true",
                    "--http-host=" + Ports.HOST,
                    "--http-port=" + port,
                    // Else it takes two sign-ons of one user at the same moment for guesses, and refuses one: who runs
                    // two
                    // commands at once would read that the password is wrong. Failures are counted all the same.
                    "--spi-brute-force-protector--default-brute-force-detector--allow-concurrent-requests=true",
                    // Fixed, so that tokens name the same issuer whichever way the server was asked.
                    "--hostname=" + url(port)));
            return new Launch(
                    command,
                    Map.of("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN, "KC_BOOTSTRAP_ADMIN_PASSWORD", adminPassword),
                    directory,
                    Launch.StopSignal.TERM);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isReady() {
        return Http.status(URI.create("http://" + Ports.HOST + ":" + port + "/realms/" + REALM))
                == HttpURLConnection.HTTP_OK;
    }

    @Override
    public void furnish() {}

    /** Where it is, or will be: nothing is unpacked for the answer. */
    static AotCache aotCache() throws IOException {
        return AotCache.in(Cache.directory(), distributionName(Installation.keycloakArchive()));
    }

    private static String distributionName(Path archive) {
        return archive.getFileName().toString().replace("quarkus-dist-", "").replace(".tar.gz", "");
    }

    static Path distribution() throws IOException {
        Path archive = Installation.keycloakArchive();
        try {
            return Archives.cached(
                    Cache.directory(), distributionName(archive), empty -> unpackAndBuild(archive, empty));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Keycloak was unpacked", e);
        }
    }

    private static void unpackAndBuild(Path archive, Path empty) throws IOException, InterruptedException {
        try (InputStream tar = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
            Archives.unpackTar(tar, empty, 1);
        }
        List<String> command = command(BUILD_HEAP_MEGABYTES, empty, empty, AotCache.none());
        // One node needs no cluster of caches.
        command.addAll(List.of("build", "--db=dev-file", "--cache=local"));
        Path log = empty.resolve("build.log");
        Process build = new ProcessBuilder(command)
                .directory(empty.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (Child.toTheEnd(build) != 0) {
            throw new IOException("Keycloak's build failed:\n" + Files.readString(log));
        }
    }

    /** Java itself and not {@code kc.sh}: that script stays between us and the server, and would not pass on a kill. */
    private static List<String> command(int heap, Path home, Path distribution, AotCache cache) {
        List<String> command = new ArrayList<>(Jvm.command(heap, cache));
        for (String opened : List.of("java.lang", "java.util", "java.util.concurrent", "java.security")) {
            command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
                        + "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dpicocli.disable.closures=true",
                "-Dkc.home.dir=" + home,
                "-Djboss.server.config.dir=" + home.resolve("conf"),
                "-cp",
                distribution.resolve("lib/quarkus-run.jar").toString(),
                "io.quarkus.bootstrap.runner.QuarkusEntryPoint"));
        return command;
    }
}

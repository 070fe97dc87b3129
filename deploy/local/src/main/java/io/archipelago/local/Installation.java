package io.archipelago.local;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the built suite lies: the source tree with its target folders. */
public record Installation(Path repository) {

    /** For tests that bring a tree of their own. */
    static final String REPOSITORY_PROPERTY = "archipelago.repository";

    public static Installation find() {
        String given = System.getProperty(REPOSITORY_PROPERTY);
        // From <repository>/deploy/local/target/<classes or jar>.
        Path repository = given == null ? ownClasses().resolve("../../../..") : Path.of(given);
        return new Installation(repository.toAbsolutePath().normalize());
    }

    /** The class path of a broker: the same jars in the same order each time, as its AOT cache requires. */
    static List<String> libraries() throws IOException {
        try (Stream<Path> jars = Files.list(libraryFolder())) {
            return jars.map(Path::toString).sorted().toList();
        }
    }

    static Path keycloakArchive() throws IOException {
        try (Stream<Path> files = Files.list(besideOwnClasses("keycloak"))) {
            return files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no Keycloak archive in " + besideOwnClasses("keycloak")));
        }
    }

    static AotCache brokerCache() {
        return AotCache.in(libraryFolder().resolveSibling("aot"), "kafka");
    }

    Path realm() {
        return repository.resolve("deploy/keycloak/archipelago-realm.json");
    }

    /** The folder of a service or agent, as the Quarkus build leaves it. */
    Path application(String module) {
        return repository.resolve(module).resolve("target/quarkus-app");
    }

    /** What the commands of local mode run on, from whatever place these classes were loaded. */
    static List<String> classPath() {
        Path repository = find().repository();
        return List.of(
                ownClasses().toString(),
                repository.resolve("contracts/target/classes").toString(),
                libraryFolder() + "/*");
    }

    static Path libraryFolder() {
        return besideOwnClasses("lib");
    }

    private static Path besideOwnClasses(String name) {
        return ownClasses().resolveSibling(name);
    }

    private static Path ownClasses() {
        try {
            return Path.of(Installation.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of our own classes is no path", e);
        }
    }
}

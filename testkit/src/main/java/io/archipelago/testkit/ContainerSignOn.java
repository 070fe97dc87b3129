package io.archipelago.testkit;

import io.archipelago.local.KeycloakServer;
import java.nio.file.Path;
import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.MountableFile;

/**
 * A container. The image is set with the system property {@code vc.tests.keycloak.image} (default {@code quay.io/keycloak/keycloak:26.5.6}); one
 * that is here already is not pulled.
 */
final class ContainerSignOn implements SignOnServer {

    private static final int PORT = 8080;
    private static final String REALM = "/realms/" + KeycloakServer.REALM;
    /** It builds itself first. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final GenericContainer<?> keycloak;
    private final Thread atExit = new Thread(this::stop);

    ContainerSignOn(Path realm) {
        ContainerServers.requireEngine();
        keycloak = new GenericContainer<>(ContainerServers.image("keycloak", "quay.io/keycloak/keycloak:26.5.6"))
                .withCopyFileToContainer(
                        MountableFile.forHostPath(realm), "/opt/keycloak/data/import/archipelago-realm.json")
                .withCommand("start-dev", "--import-realm", "--http-port=" + PORT)
                .withExposedPorts(PORT)
                .waitingFor(Wait.forHttp(REALM).forPort(PORT).withStartupTimeout(PATIENCE));
        Runtime.getRuntime().addShutdownHook(atExit);
        keycloak.start();
    }

    /** Tokens name the address by which they were asked for. */
    @Override
    public String issuer() {
        return "http://" + keycloak.getHost() + ":" + keycloak.getMappedPort(PORT) + REALM;
    }

    @Override
    public void close() {
        stop();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void stop() {
        keycloak.stop();
    }
}

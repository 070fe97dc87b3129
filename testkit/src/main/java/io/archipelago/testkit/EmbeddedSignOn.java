package io.archipelago.testkit;

import io.archipelago.local.KeycloakServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process of this machine, from a Maven artefact; gone with the tests. */
final class EmbeddedSignOn implements SignOnServer {

    private static final String PASSWORD = "embedded";

    private final Path home;
    private final KeycloakServer server;
    private final Thread atExit = new Thread(this::kill);

    EmbeddedSignOn(Path realm) throws IOException, InterruptedException {
        home = Files.createTempDirectory("archipelago-test-");
        server = new KeycloakServer(home, 0, realm, PASSWORD);
        Runtime.getRuntime().addShutdownHook(atExit);
        server.start();
    }

    @Override
    public String issuer() {
        return server.issuer();
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void kill() {
        try {
            server.kill();
            Folders.delete(home);
        } catch (IOException e) {
            throw new IllegalStateException("Keycloak could not be removed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

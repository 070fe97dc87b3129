package io.archipelago.testkit;

import static io.restassured.RestAssured.given;

import io.archipelago.local.KeycloakServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keycloak with the realm of local mode, whose tokens the service takes instead of those of {@link Tokens}. To be named beside
 * {@link EmbeddedInfrastructure}, and for one class only: a start takes some ten seconds.
 *
 * <p>It is a process of this machine; with {@code -Dvc.tests.containers=true} it is a container.
 */
public final class SignOn implements QuarkusTestResourceLifecycleManager {

    /** Whom the services of local mode take tokens for. */
    private static final String AUDIENCE = "archipelago-api";

    private static final String CLIENT = "archipelago-cli";
    private static volatile @Nullable SignOnServer running;

    @Override
    public int order() {
        // What it says of the sign-on stands above what EmbeddedInfrastructure says.
        return 1;
    }

    @Override
    public Map<String, String> start() {
        try {
            SignOnServer server = ContainerServers.wanted()
                    ? new ContainerSignOn(KeycloakServer.realm())
                    : new EmbeddedSignOn(KeycloakServer.realm());
            running = server;
            return Map.of(
                    "quarkus.oidc.public-key",
                    "",
                    "quarkus.oidc.auth-server-url",
                    server.issuer(),
                    "quarkus.oidc.token.audience",
                    AUDIENCE);
        } catch (IOException e) {
            throw new IllegalStateException("Keycloak did not start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void stop() {
        SignOnServer server = running;
        running = null;
        if (server != null) {
            server.close();
        }
    }

    /** A token for the API, of a user of the realm; their passwords are their names. */
    public static String token(String user) {
        return token(user, CLIENT);
    }

    /** The same by another client of the realm. */
    public static String token(String user, String client) {
        SignOnServer server = running;
        if (server == null) {
            throw new IllegalStateException("no sign-on: name " + SignOn.class.getSimpleName() + " as a test resource");
        }
        return given().formParams("grant_type", "password", "client_id", client, "username", user, "password", user)
                .post(server.issuer() + "/protocol/openid-connect/token")
                .then()
                .statusCode(200)
                .extract()
                .path("access_token");
    }
}

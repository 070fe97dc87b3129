package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeycloakServerIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int AT_ONCE = 8;

    @TempDir
    static Path directory;

    private static KeycloakServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new KeycloakServer(directory, 0, Installation.find().realm(), "secret of the administrator");
        server.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
        // Its home holds links to the shared distribution, which JUnit would warn about.
        Archives.delete(directory);
    }

    @Test
    void givesATenantsUserATokenThatNamesTheTenant() throws Exception {
        JsonNode token = accessToken("alice", "alice");

        assertThat(token.path("tenant").asText()).isEqualTo("astro");
        assertThat(roles(token)).contains("tenant").doesNotContain("operator", "admin");
    }

    @Test
    void keepsTheTwoTenantsApart() throws Exception {
        assertThat(accessToken("bob", "bob").path("tenant").asText()).isEqualTo("bio");
    }

    @Test
    void givesOperatorAndAdminTheirRolesAndNoTenant() throws Exception {
        JsonNode operator = accessToken("oscar", "oscar");
        JsonNode admin = accessToken("ada", "ada");

        assertThat(roles(operator)).contains("operator");
        assertThat(roles(admin)).contains("admin");
        assertThat(operator.has("tenant")).isFalse();
        assertThat(admin.has("tenant")).isFalse();
    }

    @Test
    void makesTokensForTheApiAndInItsOwnName() throws Exception {
        JsonNode token = accessToken("alice", "alice");

        assertThat(token.path("aud").toString()).contains("archipelago-api");
        assertThat(token.path("iss").asText()).isEqualTo(server.issuer());
    }

    @Test
    void refusesAWrongPassword() throws Exception {
        assertThat(requestToken("alice", "guessed").statusCode()).isEqualTo(401);
    }

    @Test
    void signsOnAUserWhoIsSigningOnAlready() throws Exception {
        Callable<HttpResponse<String>> signOn = () -> requestToken("oscar", "oscar");
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            assertThat(threads.invokeAll(Collections.nCopies(AT_ONCE, signOn)))
                    .allSatisfy(answer -> assertThat(answer.get().statusCode())
                            .as(answer.get().body())
                            .isEqualTo(200));
        }
    }

    @Test
    void startsAgainAfterItWasKilled() throws Exception {
        // When
        server.kill();
        server.start();

        // Then
        assertThat(accessToken("alice", "alice").path("tenant").asText()).isEqualTo("astro");
    }

    @Test
    void showsNoPasswordOnItsCommandLineOrInItsLog() throws Exception {
        String commandLine = Files.readString(Path.of("/proc", Long.toString(server.pid()), "cmdline"));

        assertThat(commandLine + Files.readString(directory.resolve("keycloak.log")))
                .doesNotContain("secret of the administrator");
    }

    private static String roles(JsonNode token) {
        return token.path("realm_access").path("roles").toString();
    }

    private static JsonNode accessToken(String user, String password) throws Exception {
        HttpResponse<String> response = requestToken(user, password);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String token = JSON.readTree(response.body()).path("access_token").asText();
        return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    }

    private static HttpResponse<String> requestToken(String user, String password) throws Exception {
        String form = "grant_type=password&client_id=archipelago-cli&username=" + user + "&password=" + password;
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.tokenUrl()))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}

package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.archipelago.local.ServiceKind;
import io.archipelago.local.Site;
import io.archipelago.local.Stack;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;

/** A user of the realm at the services' REST APIs, of which only the command line has some. For use by several threads. */
final class Desk {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CLIENT = "archipelago-cli";
    private static final Duration TOKEN_LIFE = Duration.ofMinutes(3);
    private static final Duration TO_ANSWER = Duration.ofSeconds(20);

    private final Stack stack;
    private final String user;
    private final HttpClient http = HttpClient.newHttpClient();
    private String token = "";
    private Instant signedOn = Instant.EPOCH;

    Desk(Stack stack, String user) {
        this.stack = stack;
        this.user = user;
    }

    JsonNode get(String site, ServiceKind service, String path) throws IOException, InterruptedException {
        return send(to(site, service, path).GET());
    }

    void post(String site, ServiceKind service, String path) throws IOException, InterruptedException {
        send(to(site, service, path).POST(BodyPublishers.noBody()));
    }

    private HttpRequest.Builder to(String site, ServiceKind service, String path)
            throws IOException, InterruptedException {
        Site there = stack.sites().stream()
                .filter(each -> each.id().equals(site))
                .findFirst()
                .orElseThrow();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stack.servicePort(there, service) + path))
                .timeout(TO_ANSWER)
                .header("Authorization", "Bearer " + token());
    }

    private synchronized String token() throws IOException, InterruptedException {
        if (Instant.now().isAfter(signedOn.plus(TOKEN_LIFE))) {
            // The password of local mode is the name.
            String form = "grant_type=password&client_id=" + CLIENT + "&username=" + user + "&password=" + user;
            JsonNode answer = send(HttpRequest.newBuilder(URI.create(stack.tokenUrl()))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .timeout(TO_ANSWER)
                    .POST(BodyPublishers.ofString(form)));
            token = answer.path("access_token").asText();
            signedOn = Instant.now();
        }
        return token;
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest asked = request.build();
        HttpResponse<String> answer = http.send(asked, BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as(asked.method() + " " + asked.uri() + " by " + user + ": " + answer.body())
                .isBetween(HttpURLConnection.HTTP_OK, HttpURLConnection.HTTP_NO_CONTENT);
        return JSON.readTree(answer.body());
    }
}

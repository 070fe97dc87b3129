package io.archipelago.system;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import io.archipelago.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** A user of the realm, at the REST APIs. */
final class Person {

    private static final Duration TOKEN_LIFE = Duration.ofMinutes(3);
    private static final String RESERVATIONS = "/api/v1/reservations";

    private final RunningStack stack;
    private final String user;
    private final HttpClient http = HttpClient.newHttpClient();
    private String token = "";
    private Instant signedOn = Instant.EPOCH;

    Person(RunningStack stack, String user) {
        this.stack = stack;
        this.user = user;
    }

    /**
     * An answer.
     *
     * @param status the HTTP status
     * @param body the body
     */
    record Answer(int status, JsonNode body) {}

    Answer reserve(String site, String json) throws IOException, InterruptedException {
        return send(to(site, ServiceKind.RESERVATION, RESERVATIONS)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(json)));
    }

    Answer preview(String site, String json) throws IOException, InterruptedException {
        return send(to(site, ServiceKind.RESERVATION, RESERVATIONS + "/preview")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    Answer show(String site, String id) throws IOException, InterruptedException {
        return get(site, ServiceKind.RESERVATION, RESERVATIONS + "/" + id);
    }

    Answer accept(String site, String refused, int offer) throws IOException, InterruptedException {
        return post(site, ServiceKind.RESERVATION, RESERVATIONS + "/" + refused + "/offers/" + offer + "/accept");
    }

    /** Asks that a cluster be otherwise. */
    Answer change(String site, String id, String json) throws IOException, InterruptedException {
        return send(to(site, ServiceKind.RESERVATION, RESERVATIONS + "/" + id)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(json)));
    }

    Answer cancel(String site, String id) throws IOException, InterruptedException {
        return delete(site, ServiceKind.RESERVATION, RESERVATIONS + "/" + id);
    }

    Answer get(String site, ServiceKind service, String path) throws IOException, InterruptedException {
        return send(to(site, service, path).GET());
    }

    Answer post(String site, ServiceKind service, String path) throws IOException, InterruptedException {
        return send(to(site, service, path).POST(BodyPublishers.noBody()));
    }

    Answer put(String site, ServiceKind service, String path, String json) throws IOException, InterruptedException {
        return send(to(site, service, path)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(json)));
    }

    Answer delete(String site, ServiceKind service, String path) throws IOException, InterruptedException {
        return send(to(site, service, path).DELETE());
    }

    private HttpRequest.Builder to(String site, ServiceKind service, String path) {
        return HttpRequest.newBuilder(URI.create(stack.url(site, service) + path))
                .header("Authorization", "Bearer " + token());
    }

    /** Waits for Keycloak: a test before may have killed it. */
    private synchronized String token() {
        if (Instant.now().isAfter(signedOn.plus(TOKEN_LIFE))) {
            token = await().atMost(Federation.SOON)
                    .ignoreExceptions()
                    .until(() -> stack.signOn(user), signed -> !signed.isEmpty());
            signedOn = Instant.now();
        }
        return token;
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(response.statusCode(), Json.mapper().readTree(response.body()));
    }
}

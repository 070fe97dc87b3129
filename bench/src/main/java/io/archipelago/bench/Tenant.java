package io.archipelago.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.archipelago.local.RunningStack;
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

/** A tenant at the REST API of the master site. May be used by many threads at once. */
final class Tenant {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Well before its end: tokens of local mode live for fifteen minutes. */
    private static final Duration TOKEN_LIFE = Duration.ofMinutes(3);

    /** Twenty machines, ten at each site. */
    private static final String TWENTY = """
            {"name": "bench", "window": {"start": "%s", "duration": "%s"},
             "machines": {"compute": {"count": 20, "cpus": 1, "memory": "1GiB", "disk": "10GiB"},
                          "frontend": {"cpus": 1, "memory": "1GiB", "disk": "10GiB"}},
             "sites": {"use": {"tokyo": 10, "osaka": 10}}}
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private final RunningStack stack;
    private final String user;
    private final URI api;
    private String token = "";
    private Instant signedOn = Instant.EPOCH;

    Tenant(RunningStack stack, String user) {
        this.stack = stack;
        this.user = user;
        this.api = URI.create(stack.stack().apiUrl(stack.site("tokyo")) + "/api/v1/reservations");
    }

    /** Asks for twenty machines over both sites, and returns the reservation's id. */
    UUID reserve(Instant start, Duration duration) throws IOException, InterruptedException {
        JsonNode answer = send(
                HttpRequest.newBuilder(api)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .POST(BodyPublishers.ofString(TWENTY.formatted(start, duration))),
                202);
        return UUID.fromString(answer.get("id").asText());
    }

    void cancel(UUID id) throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(URI.create(api + "/" + id)).DELETE(), 202);
    }

    /** What the tenant is told is wrong with it. */
    String problems(UUID id) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(api + "/" + id)), 200)
                .path("problems")
                .toString();
    }

    private JsonNode send(HttpRequest.Builder request, int expected) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(request.header("Authorization", "Bearer " + token()).build(), BodyHandlers.ofString());
        if (answer.statusCode() != expected) {
            throw new IOException("answered with " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    private synchronized String token() throws IOException, InterruptedException {
        Instant now = Instant.now();
        if (now.isAfter(signedOn.plus(TOKEN_LIFE))) {
            token = stack.signOn(user);
            signedOn = now;
        }
        return token;
    }
}

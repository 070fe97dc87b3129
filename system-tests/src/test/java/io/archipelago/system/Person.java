package io.archipelago.system;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;

/** Somebody with a token, at the REST API. */
record Person(HttpClient http, String token) {

    /**
     * An answer.
     *
     * @param status the HTTP status
     * @param body the body
     */
    record Answer(int status, JsonNode body) {}

    Answer reserve(URI api, String json) throws IOException, InterruptedException {
        return send(to(api).header("Content-Type", "application/json")
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .POST(BodyPublishers.ofString(json)));
    }

    Answer show(URI api, String id) throws IOException, InterruptedException {
        return send(to(URI.create(api + "/" + id)).GET());
    }

    Answer cancel(URI api, String id) throws IOException, InterruptedException {
        return send(to(URI.create(api + "/" + id)).DELETE());
    }

    private HttpRequest.Builder to(URI uri) {
        return HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token);
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        return new Answer(response.statusCode(), Json.mapper().readTree(response.body()));
    }
}

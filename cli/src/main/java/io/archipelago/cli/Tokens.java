package io.archipelago.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Signs on by OIDC password grant (local mode) and keeps the token in memory until shortly before it expires. */
final class Tokens {
    private static final Duration MARGIN = Duration.ofSeconds(10);
    private static final int DEFAULT_LIFE_SECONDS = 60;

    private record Token(String text, Instant freshUntil) {}

    private final Endpoints endpoints;
    private final Wire wire;
    private final Clock clock;
    private @Nullable Token token;

    Tokens(Endpoints endpoints, Wire wire, Clock clock) {
        this.endpoints = endpoints;
        this.wire = wire;
        this.clock = clock;
    }

    String current() {
        Token cached = token;
        if (cached == null || !clock.instant().isBefore(cached.freshUntil())) {
            cached = signOn();
            token = cached;
        }
        return cached.text();
    }

    /** A site did not accept it: the next call signs on again. */
    void discard() {
        token = null;
    }

    private Token signOn() {
        Instant asked = clock.instant();
        HttpResponse<String> answer = wire.send(HttpRequest.newBuilder(endpoints.tokenUrl())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(form(Map.of(
                        "grant_type", "password",
                        "client_id", endpoints.clientId(),
                        "username", endpoints.user(),
                        "password", endpoints.password())))));
        if (answer.statusCode() == 400 || answer.statusCode() == 401) {
            throw Failure.of(
                    ExitCode.FORBIDDEN,
                    "Signing on as " + endpoints.user() + " was refused" + reason(answer)
                            + ". Check --user, VC_USER and VC_PASSWORD.");
        }
        if (answer.statusCode() != 200) {
            throw Problem.of(answer).toFailure();
        }
        JsonNode body = Wire.json(answer);
        String text = body.path("access_token").asText("");
        if (text.isEmpty()) {
            throw Failure.of(ExitCode.FAULT, Wire.origin(endpoints.tokenUrl()) + " signed on but gave no token.");
        }
        long life = body.path("expires_in").asLong(DEFAULT_LIFE_SECONDS);
        return new Token(text, asked.plusSeconds(life).minus(MARGIN));
    }

    private static String reason(HttpResponse<String> answer) {
        String type = answer.headers().firstValue("Content-Type").orElse("");
        String reason = type.contains("json")
                ? Wire.json(answer).path("error_description").asText("")
                : "";
        return reason.isEmpty() ? "" : " (" + Console.printable(reason) + ")";
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}

package io.archipelago.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The reservation resource of one site's REST API. */
final class ReservationClient {
    private static final String PATH = "/api/v1/reservations";
    private static final String PREVIEW = PATH + "/preview";
    private static final String SERIES = "/api/v1/series";
    private static final int LARGEST_PAGE = 100;

    private final Endpoints endpoints;
    private final Wire wire;
    private final Tokens tokens;

    /** @param more whether the site has more than was asked for */
    record Listing(List<Reservation> items, boolean more) {}

    /** @param notTaken of the other times that the window comes: when, and why */
    record Series(Listing taken, List<String> notTaken) {}

    ReservationClient(Endpoints endpoints, Wire wire, Tokens tokens) {
        this.endpoints = endpoints;
        this.wire = wire;
        this.tokens = tokens;
    }

    Endpoints endpoints() {
        return endpoints;
    }

    /** Asking twice with one key books once. */
    Reservation reserve(JsonNode body, String idempotencyKey, Problem.FieldFinder finder) {
        return reservation(exchange(asking(PATH, body, idempotencyKey), finder));
    }

    /** The same for a window that repeats. */
    Series reserveSeries(JsonNode body, String idempotencyKey, Problem.FieldFinder finder) {
        JsonNode answer = Wire.json(exchange(asking(SERIES, body, idempotencyKey), finder));
        var taken = new ArrayList<Reservation>();
        var notTaken = new ArrayList<String>();
        answer.path("occurrences").forEach(occurrence -> {
            JsonNode problem = occurrence.path("problem");
            if (problem.isObject()) {
                notTaken.add(occurrence.at("/window/start").asText() + ": "
                        + problem.path("message").asText());
            } else {
                taken.add(new Reservation(occurrence.path("reservation"), Optional.empty()));
            }
        });
        return new Series(new Listing(List.copyOf(taken), false), List.copyOf(notTaken));
    }

    /** Whether it could be had, as far as is known soon; nothing is reserved. */
    Preview preview(JsonNode body, Problem.FieldFinder finder) {
        return new Preview(Wire.json(exchange(
                HttpRequest.newBuilder(uri(PREVIEW))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString())),
                finder)));
    }

    /** What is known by now. */
    Preview preview(String id) {
        return new Preview(Wire.json(exchange(HttpRequest.newBuilder(uri(PREVIEW + "/" + encoded(id))))));
    }

    private HttpRequest.Builder asking(String path, JsonNode body, String idempotencyKey) {
        return HttpRequest.newBuilder(uri(path))
                .header("Idempotency-Key", idempotencyKey)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    }

    Listing list(int limit) {
        var items = new ArrayList<Reservation>();
        @Nullable String cursor = null;
        do {
            int page = Math.min(LARGEST_PAGE, limit - items.size());
            String query = "?limit=" + page + (cursor == null ? "" : "&cursor=" + encoded(cursor));
            JsonNode body = Wire.json(exchange(HttpRequest.newBuilder(uri(PATH + query))));
            body.path("items").forEach(item -> items.add(new Reservation(item, Optional.empty())));
            String next = body.path("next").asText("");
            cursor = next.isEmpty() || next.equals(cursor) ? null : next;
        } while (cursor != null && items.size() < limit);
        return new Listing(List.copyOf(items), cursor != null);
    }

    Reservation show(String id) {
        return reservation(exchange(HttpRequest.newBuilder(uri(path(id)))));
    }

    /** Empty if nothing has changed since. */
    Optional<Reservation> showIfChanged(Reservation seen) {
        var request = HttpRequest.newBuilder(uri(path(seen.id())));
        seen.etag().ifPresent(etag -> request.header("If-None-Match", etag));
        HttpResponse<String> answer = exchange(request);
        return answer.statusCode() == 304 ? Optional.empty() : Optional.of(reservation(answer));
    }

    /**
     * What the site tells of a reservation from now on: first how it is, then each change.
     *
     * @param known the last event that was heard; only what has changed since is told then; empty: none
     */
    EventStream events(String id, String known) {
        var request = HttpRequest.newBuilder(uri(path(id) + "/events"))
                .header("Accept", "text/event-stream, application/problem+json");
        if (!known.isEmpty()) {
            request.header("Last-Event-ID", known);
        }
        HttpResponse<EventStream.Body> answer = signedOn(request, EventStream.BODY);
        InputStream stream = answer.body().stream();
        if (stream == null) {
            throw Problem.of(answer, answer.body().text()).toFailure();
        }
        return new EventStream(stream, answer.uri(), EventStream.LONGEST_SILENCE);
    }

    /** Accepting twice changes nothing. */
    Reservation accept(String refused, int offer) {
        return reservation(exchange(HttpRequest.newBuilder(uri(path(refused) + "/offers/" + offer + "/accept"))
                .POST(HttpRequest.BodyPublishers.noBody())));
    }

    /** Nothing if somebody has asked for another change since it was seen. */
    Reservation change(Reservation seen, JsonNode body) {
        var request = HttpRequest.newBuilder(uri(path(seen.id())))
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body.toString()));
        seen.etag().ifPresent(etag -> request.header("If-Match", etag));
        return reservation(exchange(request));
    }

    Reservation cancel(String id) {
        HttpResponse<String> answer =
                exchange(HttpRequest.newBuilder(uri(path(id))).DELETE());
        return answer.body().isBlank() ? show(id) : reservation(answer);
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request) {
        return exchange(request, field -> Optional.empty());
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request, Problem.FieldFinder finder) {
        request.header("Accept", "application/json, application/problem+json");
        HttpResponse<String> answer = signedOn(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2 && answer.statusCode() != 304) {
            throw Problem.of(answer).toFailure(finder);
        }
        return answer;
    }

    /** A token may be revoked or the site restarted with new keys before the token expires: sign on anew, once. */
    private <T> HttpResponse<T> signedOn(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
        HttpResponse<T> answer = wire.send(request.setHeader("Authorization", "Bearer " + tokens.current()), handler);
        if (answer.statusCode() == 401) {
            tokens.discard();
            answer = wire.send(request.setHeader("Authorization", "Bearer " + tokens.current()), handler);
        }
        return answer;
    }

    private static Reservation reservation(HttpResponse<String> answer) {
        return new Reservation(Wire.json(answer), answer.headers().firstValue("ETag"));
    }

    private URI uri(String pathAndQuery) {
        return URI.create(endpoints.site() + pathAndQuery);
    }

    private static String path(String id) {
        return PATH + "/" + encoded(id);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

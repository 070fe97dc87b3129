package io.archipelago.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;

/** One HTTP exchange; whatever keeps an answer from coming becomes a {@link Failure} that says what to do. */
final class Wire {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final Duration answerTimeout;

    Wire(Duration answerTimeout) {
        this.answerTimeout = answerTimeout;
    }

    HttpResponse<String> send(HttpRequest.Builder builder) {
        return send(builder, HttpResponse.BodyHandlers.ofString());
    }

    /** The same with another body than a text; the time for the answer ends where its body begins, if that is a stream. */
    <T> HttpResponse<T> send(HttpRequest.Builder builder, HttpResponse.BodyHandler<T> handler) {
        HttpRequest request = builder.timeout(answerTimeout).build();
        String where = origin(request.uri());
        try {
            return http.send(request, handler);
        } catch (HttpConnectTimeoutException silent) {
            throw Failure.of(
                    ExitCode.UNREACHABLE, where + " does not answer. Is the address right and the network up?");
        } catch (HttpTimeoutException late) {
            throw Failure.passing(
                    ExitCode.TIMEOUT,
                    where + " did not answer within " + Durations.words(answerTimeout) + ".",
                    List.of());
        } catch (ConnectException refused) {
            throw Failure.of(
                    ExitCode.UNREACHABLE,
                    refused.getCause() instanceof UnresolvedAddressException
                            ? where + " is not a known host name."
                            : "Nothing answers at " + where
                                    + ". If Archipelago is not running, start it with ./vc up.");
        } catch (IOException broken) {
            throw Failure.passing(
                    ExitCode.UNREACHABLE, "The connection to " + where + " broke before the answer came.", List.of());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failure.of(ExitCode.FAULT, "Interrupted.");
        }
    }

    static JsonNode json(HttpResponse<String> answer) {
        return json(answer.body(), answer.uri());
    }

    /** @param from who answered it */
    static JsonNode json(String body, URI from) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException notJson) {
            throw Failure.of(
                    ExitCode.FAULT,
                    origin(from) + " answered something that is not JSON. Is this a site of Archipelago?");
        }
    }

    static String origin(URI uri) {
        return uri.getScheme() + "://" + uri.getAuthority();
    }
}

package io.archipelago.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A site and its sign-on in one small server: it answers what the test told it to, and remembers what it was asked. */
final class FakeSite implements AutoCloseable {
    static final String RESERVATIONS = "/api/v1/reservations";
    private static final String TOKEN = "/token";

    private final HttpServer server;
    private final Map<String, Deque<Answer>> script = new ConcurrentHashMap<>();
    private final List<Question> questions = new CopyOnWriteArrayList<>();
    private final AtomicInteger tokens = new AtomicInteger();
    private volatile @Nullable String revoked;

    record Question(String what, String query, String body, Map<String, List<String>> headers) {
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().getFirst())
                    .findFirst()
                    .orElse("");
        }
    }

    /** @param status 0 breaks the connection without an answer */
    record Answer(int status, String type, String body, Map<String, String> headers) {
        static Answer json(int status, String body) {
            return new Answer(status, "application/json", body, Map.of());
        }

        static Answer problem(int status, String body) {
            return new Answer(status, "application/problem+json", body, Map.of());
        }

        /** A stream that tells some bodies, numbered from an id on, and ends. */
        static Answer events(int firstId, String... bodies) {
            var stream = new StringBuilder(": still here\n\n");
            for (int i = 0; i < bodies.length; i++) {
                stream.append("id: ").append(firstId + i).append("\nevent: reservation\n");
                bodies[i]
                        .lines()
                        .forEach(line -> stream.append("data: ").append(line).append('\n'));
                stream.append('\n');
            }
            return new Answer(200, "text/event-stream", stream.toString(), Map.of());
        }

        static Answer empty(int status) {
            return new Answer(status, "", "", Map.of());
        }

        static Answer broken() {
            return empty(0);
        }

        Answer withEtag(String etag) {
            return new Answer(status, type, body, Map.of("ETag", etag));
        }
    }

    FakeSite() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    String tokenUrl() {
        return url() + TOKEN;
    }

    /** The answers in turn; the last one again and again. */
    void answers(String what, Answer... inTurn) {
        script.put(what, new ArrayDeque<>(List.of(inTurn)));
    }

    void revokes(String token) {
        revoked = token;
    }

    List<Question> asked(String what) {
        return questions.stream()
                .filter(question -> question.what().equals(what))
                .toList();
    }

    List<Question> signOns() {
        return asked("POST " + TOKEN);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String what =
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            String query = exchange.getRequestURI().getRawQuery();
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var question =
                    new Question(what, query == null ? "" : query, body, Map.copyOf(exchange.getRequestHeaders()));
            questions.add(question);
            Answer answer = answerTo(question);
            if (answer.status() == 0) {
                return;
            }
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            if (!answer.type().isEmpty()) {
                exchange.getResponseHeaders().set("Content-Type", answer.type());
            }
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private Answer answerTo(Question question) {
        Deque<Answer> scripted = script.get(question.what());
        if (question.what().equals("POST " + TOKEN)) {
            return scripted == null
                    ? Answer.json(
                            200, "{\"access_token\":\"token-" + tokens.incrementAndGet() + "\",\"expires_in\":300}")
                    : next(scripted);
        }
        if (question.header("Authorization").equals("Bearer " + revoked)) {
            return Answer.problem(401, "{\"status\":401,\"detail\":\"The token is not accepted.\"}");
        }
        return scripted == null ? Answer.empty(404) : next(scripted);
    }

    private static synchronized Answer next(Deque<Answer> scripted) {
        return scripted.size() > 1 ? scripted.removeFirst() : scripted.getFirst();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

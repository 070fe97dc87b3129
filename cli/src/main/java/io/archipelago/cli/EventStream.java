package io.archipelago.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a site tells over one connection, as server-sent events. It ends whenever the site likes, and may be opened again. */
final class EventStream implements AutoCloseable {
    /** A site that has nothing to tell says so four times a minute; if it does not, the connection is dead. */
    static final Duration LONGEST_SILENCE = Duration.ofSeconds(45);

    /** An answer's body: a stream if there is something to hear, else a text that says why not. */
    record Body(@Nullable InputStream stream, String text) {}

    static final HttpResponse.BodyHandler<Body> BODY = answer -> answer.statusCode() == 200
            ? BodySubscribers.mapping(BodySubscribers.ofInputStream(), stream -> new Body(stream, ""))
            : BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), text -> new Body(null, text));

    /** @param id empty if the site gave none */
    record Event(String id, String data) {}

    private final InputStream stream;
    private final URI from;
    private final Duration longestSilence;
    /** Empty: the stream is over. */
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    private String id = "";

    EventStream(InputStream stream, URI from, Duration longestSilence) {
        this.stream = stream;
        this.from = from;
        this.longestSilence = longestSilence;
        // Reading from a connection knows no time limit; waiting for who reads does.
        Thread.ofVirtual().start(this::read);
    }

    URI from() {
        return from;
    }

    /** The next event; empty if the stream is over, the connection is dead, or the time is. */
    Optional<Event> next(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        var data = new StringBuilder();
        while (true) {
            Optional<String> next = nextLine(Math.min(longestSilence.toNanos(), end - System.nanoTime()));
            if (next.isEmpty()) {
                return Optional.empty();
            }
            String line = next.get();
            if (line.startsWith("id:")) {
                id = value(line);
            } else if (line.startsWith("data:")) {
                data.append(data.isEmpty() ? "" : "\n").append(value(line));
            } else if (line.isEmpty() && !data.isEmpty()) {
                return Optional.of(new Event(id, data.toString()));
            }
        }
    }

    private Optional<String> nextLine(long nanos) {
        try {
            Optional<String> line = lines.poll(nanos, TimeUnit.NANOSECONDS);
            return line == null ? Optional.empty() : line;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failure.of(ExitCode.FAULT, "Interrupted.");
        }
    }

    private void read() {
        try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            reader.lines().map(Optional::of).forEach(lines::add);
        } catch (IOException | UncheckedIOException broken) {
            // As good as over: what was missed is told over the next connection.
        } finally {
            lines.add(Optional.empty());
        }
    }

    private static String value(String line) {
        String value = line.substring(line.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}

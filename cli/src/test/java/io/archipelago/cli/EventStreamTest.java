package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventStreamTest {
    private static final URI SITE = URI.create("http://127.0.0.1/");
    private static final Duration LONG = Duration.ofSeconds(20);

    private static EventStream of(String text) {
        return new EventStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), SITE, LONG);
    }

    @Test
    void readsEventsAndPassesOverAllElse() {
        EventStream stream = of(": hello\nretry: 5\n\nid: 7\nevent: x\ndata: a\ndata:b\n\nid:8\n\ndata:  c\n\n");

        assertThat(stream.next(LONG)).contains(new EventStream.Event("7", "a\nb"));
        assertThat(stream.next(LONG)).contains(new EventStream.Event("8", " c"));
        assertThat(stream.next(LONG)).isEmpty();
    }

    @Test
    void doesNotTakeHalfAnEventForAWholeOne() {
        assertThat(of("id: 7\ndata: {\"state\":").next(LONG)).isEmpty();
    }

    @Test
    void takesASilentConnectionForDead() throws IOException {
        try (var end = new PipedOutputStream();
                var stream = new EventStream(new PipedInputStream(end), SITE, Duration.ofMillis(50))) {
            assertThat(stream.next(LONG)).isEmpty();
        }
    }

    @Test
    void endsWithTheTimeAlthoughTheConnectionLives() throws IOException {
        try (var end = new PipedOutputStream();
                var stream = new EventStream(new PipedInputStream(end), SITE, LONG)) {
            end.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
            end.flush();
            assertThat(stream.next(Duration.ofMillis(50))).isEmpty();
        }
    }
}

package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.cli.FakeSite.Answer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchCommandTest {
    private static final String ONE = "GET " + FakeSite.RESERVATIONS + "/" + Bodies.ID;
    private static final String EVENTS = ONE + "/events";

    private final FakeSite site = new FakeSite();
    private Terminal terminal;

    @BeforeEach
    void signOn(@TempDir Path directory) {
        terminal = Terminal.signedOnAt(site, directory);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private List<String> knownWhenAsked() {
        return site.asked(EVENTS).stream()
                .map(asked -> asked.header("Last-Event-ID"))
                .toList();
    }

    @Test
    void printsEachChangeUntilItIsOver() {
        site.answers(
                EVENTS,
                Answer.events(
                        7,
                        Bodies.reservation("SCHEDULED"),
                        Bodies.deploying("ACTIVE", 2),
                        Bodies.reservation("ENDED")));

        var result = terminal.vc("watch", Bodies.ID);

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).isEqualTo("""
                    0.0s  SCHEDULED
                    0.0s  ACTIVE
                    0.0s    tokyo      READY       machines 1/1 ready
                    0.0s    osaka      READY       machines 2/2 ready
                    0.0s  ENDED
                """);
        assertThat(terminal.pauses()).isEmpty();
        assertThat(site.asked(EVENTS))
                .singleElement()
                .matches(asked -> asked.header("Accept").startsWith("text/event-stream"));
        assertThat(site.asked(ONE)).as("it hears, and does not ask").isEmpty();
    }

    @Test
    void goesOnOverAnotherConnectionFromWhereTheLastOneEnded() {
        site.answers(
                EVENTS,
                Answer.events(1, Bodies.reservation("SCHEDULED")),
                Answer.events(2),
                Answer.broken(),
                Answer.empty(503),
                Answer.events(2, Bodies.reservation("RELEASING"), Bodies.reservation("ENDED")));

        var result = terminal.vc("watch", Bodies.ID);

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).containsOnlyOnce("SCHEDULED").contains("RELEASING", "ENDED");
        assertThat(result.err()).containsOnlyOnce("Asking again");
        assertThat(knownWhenAsked()).startsWith("").hasSizeGreaterThan(3);
        assertThat(knownWhenAsked().subList(1, knownWhenAsked().size())).containsOnly("1");
    }

    @Test
    void printsOneJsonDocumentPerLine() {
        site.answers(EVENTS, Answer.events(1, Bodies.reservation("SCHEDULED"), Bodies.reservation("CANCELLED")));

        var result = terminal.vc("watch", Bodies.ID, "-o", "json");

        assertThat(result.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{\"id\":"));
    }

    @Test
    void saysNothingTwice() {
        site.answers(ONE, Answer.json(200, Bodies.reservation("SCHEDULED")));
        site.answers(
                EVENTS,
                Answer.events(1),
                Answer.events(1, Bodies.reservation("SCHEDULED"), Bodies.reservation("ENDED")));

        var result = terminal.vc("watch", Bodies.ID, "-o", "json");

        assertThat(result.out().lines()).hasSize(2);
    }

    @Test
    void endsAtTheTimeoutWithWhatItHeardLast() {
        site.answers(EVENTS, Answer.events(1, Bodies.reservation("SCHEDULED")), Answer.events(2));

        var result = terminal.vc("watch", Bodies.ID, "--timeout", "20s");

        assertThat(result.exitCode()).isEqualTo(6);
        assertThat(result.err()).contains("Not there yet, it is SCHEDULED");
        assertThat(terminal.clock().instant()).isEqualTo(Terminal.NOW.plusSeconds(20));
    }

    @Test
    void givesUpOnASiteThatStaysSilent() {
        site.answers(EVENTS, Answer.events(1, Bodies.reservation("SCHEDULED")), Answer.empty(503));

        var result = terminal.vc("watch", Bodies.ID);

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.err()).containsOnlyOnce("Asking again");
        assertThat(terminal.clock().instant()).isBetween(Terminal.NOW.plusSeconds(120), Terminal.NOW.plusSeconds(123));
    }

    @Test
    void saysSoIfThereIsNothingToWatch() {
        site.answers(EVENTS, Answer.problem(404, "{\"status\": 404, \"detail\": \"no such reservation\"}"));

        var result = terminal.vc("watch", Bodies.ID);

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.err()).contains("no such reservation");
        assertThat(site.asked(EVENTS)).hasSize(1);
    }

    @Test
    void signsOnAgainOnceWhenTheSiteDoesNotAcceptTheToken() {
        site.revokes("token-1");
        site.answers(EVENTS, Answer.events(1, Bodies.reservation("ENDED")));

        assertThat(terminal.vc("watch", Bodies.ID).exitCode()).isZero();

        assertThat(site.asked(EVENTS))
                .extracting(asked -> asked.header("Authorization"))
                .containsExactly("Bearer token-1", "Bearer token-2");
    }
}

package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.cli.FakeSite.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    private static final String POST = "POST " + FakeSite.RESERVATIONS;
    private static final String GET = "GET " + FakeSite.RESERVATIONS + "/" + Bodies.ID;

    private final FakeSite site = new FakeSite();
    private Terminal terminal;

    @BeforeEach
    void signOn(@TempDir Path directory) {
        terminal = Terminal.signedOnAt(site, directory).file("examples/two-sites.yaml", Bodies.FILE);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void tellsTheStoryPrintsTheClusterAndSaysWhatToTypeNext() {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED")));
        site.answers(
                GET,
                Answer.json(200, Bodies.deploying("DEPLOYING", 0)),
                Answer.json(200, Bodies.deploying("DEPLOYING", 1)),
                Answer.json(200, Bodies.deploying("ACTIVE", 2)));

        var result = terminal.vc("demo");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith("""
                Reserving examples/two-sites.yaml at %s as alice.
                It is reservation %s.
                    0.0s  REQUESTED
                    0.5s  DEPLOYING
                    0.5s    tokyo      READY       machines 1/1 ready
                    0.5s    osaka      DEPLOYING   machines 0/2 ready
                    1.5s  ACTIVE
                    1.5s    osaka      READY       machines 2/2 ready

                Reservation  %s
                """.formatted(site.url(), Bodies.ID, Bodies.ID));
        assertThat(result.out()).contains("osaka  734", "./vc show " + Bodies.ID, "./vc cancel " + Bodies.ID);
    }

    @Test
    void findsItsExampleFromAnyDirectory(@TempDir Path clone) {
        site.answers(POST, Answer.json(202, Bodies.deploying("ACTIVE", 2)));
        new Terminal(clone).file("examples/two-sites.yaml", Bodies.FILE.replace("\n", "\n# of the clone\n"));

        var result = terminal.variable("VC_ROOT", clone.toString()).vc("demo");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).startsWith("Reserving " + clone.resolve("examples/two-sites.yaml") + " at ");
    }

    @Test
    void showsEveryMachineToAPerson() {
        site.answers(POST, Answer.json(202, Bodies.deploying("DEPLOYING", 0)));
        site.answers(
                GET,
                Answer.json(200, Bodies.deploying("DEPLOYING", 1)),
                Answer.json(200, Bodies.deploying("ACTIVE", 2)));

        assertThat(terminal.watchedByAPerson()
                        .variable("NO_COLOR", "1")
                        .vc("demo")
                        .out())
                .contains("machines 0/2 ready", "machines 1/2 ready", "machines 2/2 ready");
    }

    @Test
    void bearsServicesThatAreStillComingUp() {
        site.answers(
                "POST /token",
                Answer.empty(503),
                Answer.json(200, "{\"access_token\":\"token-1\",\"expires_in\":300}"));
        site.answers(POST, Answer.empty(503), Answer.json(202, Bodies.deploying("ACTIVE", 2)));

        var result = terminal.vc("demo");

        assertThat(result.exitCode()).isZero();
        assertThat(site.asked(POST).stream()
                        .map(asked -> asked.header("Idempotency-Key"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void endsWithThreeWhenRefusedAndDoesNotSayWhatToTypeNext() {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED")));
        site.answers(GET, Answer.json(200, Bodies.refused()));

        var result = terminal.vc("demo");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out()).contains("problem: osaka: 4 hosts are missing").doesNotContain("What to type next");
    }

    @Test
    void keepsStandardOutputCleanForScripts() {
        site.answers(POST, Answer.json(202, Bodies.deploying("ACTIVE", 2)));

        var result = terminal.vc("demo", "-o", "json");

        assertThat(result.out()).startsWith("{").endsWith("}\n");
        assertThat(result.err()).contains("Reserving", "ACTIVE");
    }
}

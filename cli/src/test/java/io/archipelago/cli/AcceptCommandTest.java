package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.cli.FakeSite.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceptCommandTest {
    private static final String REFUSED = "0198f0a0-0000-7000-8000-00000000000f";
    private static final String POST = "POST " + FakeSite.RESERVATIONS + "/" + REFUSED + "/offers/2/accept";
    private static final String GET = "GET " + FakeSite.RESERVATIONS + "/" + Bodies.ID;

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

    @Test
    void printsTheReservationThatTheOfferIs() {
        site.answers(POST, Answer.json(202, Bodies.reservation("HELD")));

        var result = terminal.vc("accept", REFUSED, "2");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("Reservation  " + Bodies.ID, "State        HELD");
    }

    @Test
    void asksAgainWhenTheAnswerWasLost() {
        site.answers(POST, Answer.broken(), Answer.json(202, Bodies.reservation("HELD")));

        var result = terminal.vc("accept", REFUSED, "2");

        assertThat(result.exitCode()).isZero();
        assertThat(site.asked(POST)).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void waitsUntilItIsActive() {
        site.answers(POST, Answer.json(202, Bodies.reservation("HELD")));
        site.answers(GET, Answer.json(200, Bodies.deploying("ACTIVE", 2)));

        var result = terminal.vc("accept", REFUSED, "2", "--wait");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("State        ACTIVE");
    }

    @Test
    void saysThatAnOfferIsGone() {
        site.answers(POST, Answer.problem(410, """
                {"type": "/problems/offer-gone", "title": "Offer gone", "status": 410, "code": "offer-gone",
                 "detail": "offer 2 is no longer held; ask again"}
                """));

        var result = terminal.vc("accept", REFUSED, "2");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("offer 2 is no longer held; ask again");
    }

    @Test
    void refusesWhatIsNoNumberBeforeAskingAnyone() {
        var result = terminal.vc("accept", REFUSED, "later");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(site.signOns()).isEmpty();
    }
}

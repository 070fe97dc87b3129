package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.cli.FakeSite.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeCommandTest {
    private static final String PATH = FakeSite.RESERVATIONS + "/" + Bodies.ID;
    private static final String PATCH = "PATCH " + PATH;
    private static final String GET = "GET " + PATH;

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
    void asksForWhatIsGivenOfWhatWasSeen() {
        site.answers(GET, Answer.json(200, Bodies.reservation("SCHEDULED")).withEtag("\"7-1\""));
        site.answers(PATCH, Answer.json(202, changing("ASKED", "")));

        var result = terminal.vc(
                "change",
                Bodies.ID,
                "--machines",
                "5",
                "--end",
                "2026-12-01T12:00:00Z",
                "--leaving",
                "vcompute-1-1,vcompute-2-3");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("Change", "ASKED: 5 compute machines");
        assertThat(site.asked(PATCH)).hasSize(1);
        FakeSite.Question asked = site.asked(PATCH).getFirst();
        assertThat(asked.header("If-Match")).isEqualTo("\"7-1\"");
        assertThat(asked.body())
                .isEqualTo("{\"machines\":{\"compute\":{\"count\":5}},\"leaving\":[\"vcompute-1-1\",\"vcompute-2-3\"],"
                        + "\"window\":{\"end\":\"2026-12-01T12:00:00Z\"}}");
    }

    @Test
    void waitsUntilItIsSo() {
        site.answers(
                GET,
                Answer.json(200, Bodies.reservation("SCHEDULED")),
                Answer.json(200, changing("ASKED", "")),
                Answer.json(200, Bodies.reservation("SCHEDULED")));
        site.answers(PATCH, Answer.json(202, changing("ASKED", "")));

        var result = terminal.vc("change", Bodies.ID, "--duration", "PT4H", "--wait");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).doesNotContain("ASKED");
    }

    @Test
    void saysWhyItCanNotBe() {
        site.answers(
                GET, Answer.json(200, Bodies.reservation("SCHEDULED")), Answer.json(200, changing("REFUSED", """
                        {"code": "no-capacity", "site": "tokyo", "message": "taken", "latestEnd": "2026-12-01T11:30:00Z"}
                        """)));
        site.answers(PATCH, Answer.json(202, changing("ASKED", "")));

        var result = terminal.vc("change", Bodies.ID, "--end", "2026-12-01T12:00:00Z", "--wait");

        assertThat(result.exitCode()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(result.out()).contains("tokyo: taken; until 2026-12-01T11:30:00Z it can (no-capacity)");
        assertThat(result.err()).contains("is as it was");
    }

    @Test
    void saysThatSomebodyElseHasChangedIt() {
        site.answers(GET, Answer.json(200, Bodies.reservation("SCHEDULED")));
        site.answers(PATCH, Answer.problem(412, """
                {"type": "/problems/stale", "title": "Stale", "status": 412, "code": "stale", "detail": "read it again"}
                """));

        var result = terminal.vc("change", Bodies.ID, "--machines", "5");

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.err()).contains("read it again");
    }

    @Test
    void wantsToHearWhatIsToBeOtherwiseBeforeAskingAnyone() {
        var result = terminal.vc("change", Bodies.ID);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--machines");
        assertThat(site.signOns()).isEmpty();
    }

    private static String changing(String state, String problem) {
        String change = """
                "change": {"state": "%s", "window": {"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T12:00:00Z"},
                           "machines": 5, "problems": [%s]}
                """.formatted(state, problem);
        String body = Bodies.reservation("SCHEDULED").strip();
        return body.substring(0, body.lastIndexOf('}')) + ", " + change + "}";
    }
}

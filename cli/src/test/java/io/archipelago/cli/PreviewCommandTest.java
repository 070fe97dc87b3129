package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.cli.FakeSite.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreviewCommandTest {
    private static final String PATH = FakeSite.RESERVATIONS + "/preview";
    private static final String POST = "POST " + PATH;
    private static final String GET = "GET " + PATH + "/" + Bodies.ID;
    private static final String ASKING = """
            {"id": "%s", "state": "ASKING", "sites": {}, "problems": [], "alternatives": [],
             "window": {"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"}}
            """.formatted(Bodies.ID);
    private static final String FITS =
            ASKING.replace("ASKING", "FITS").replace("\"sites\": {}", "\"sites\": {\"osaka\": 4, \"tokyo\": 3}");
    private static final String REFUSED = """
            {"id": "%s", "state": "REFUSED", "sites": {},
             "window": {"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"},
             "problems": [{"code": "no-capacity", "site": "osaka", "message": "all hosts are taken",
                           "earliestStart": "2026-12-01T12:00:00Z"}],
             "alternatives": [
               {"change": "LATER", "state": "FITS", "machines": 6, "sites": {"osaka": 7},
                "window": {"start": "2026-12-01T12:00:00Z", "end": "2026-12-01T13:00:00Z"}},
               {"change": "FEWER", "state": "REFUSED", "machines": 5, "sites": {},
                "window": {"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"}}]}
            """.formatted(Bodies.ID);

    private final FakeSite site = new FakeSite();
    private Path directory;
    private Terminal terminal;

    @BeforeEach
    void signOn(@TempDir Path temporary) throws Exception {
        directory = temporary;
        terminal = Terminal.signedOnAt(site, directory);
        Files.writeString(directory.resolve("six.yaml"), """
                name: six
                window: { start: now, duration: PT1H }
                machines: { compute: { count: 6 } }
                """);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void printsTheSitesOfWhatFits() {
        site.answers(POST, Answer.json(200, FITS));

        var result = terminal.vc("preview", "six.yaml");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains("State        FITS")
                .containsPattern("osaka +4")
                .containsPattern("tokyo +3");
        assertThat(site.asked(POST).getFirst().body()).contains("six");
    }

    @Test
    void printsWhatIsInTheWayAndWhatCouldBeHadInstead() {
        site.answers(POST, Answer.json(200, REFUSED));

        var result = terminal.vc("preview", "six.yaml");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out())
                .contains("osaka: all hosts are taken; it would fit there from 2026-12-01T12:00:00Z on")
                .containsPattern("LATER +FITS +2026-12-01T12:00:00Z +2026-12-01T13:00:00Z +6 +osaka")
                .doesNotContain("FEWER");
    }

    @Test
    void waitsForSitesThatAreSlow() {
        site.answers(POST, Answer.json(202, ASKING));
        site.answers(GET, Answer.json(200, ASKING), Answer.json(200, FITS));

        var result = terminal.vc("preview", "six.yaml");

        assertThat(result.exitCode()).isZero();
        assertThat(site.asked(GET)).hasSize(2);
    }

    @Test
    void saysThatNotAllHaveAnsweredInTime() {
        site.answers(POST, Answer.json(202, ASKING));
        site.answers(GET, Answer.json(200, ASKING));

        var result = terminal.vc("preview", "six.yaml", "--timeout", "3s");

        assertThat(result.exitCode()).isEqualTo(ExitCode.TIMEOUT.number());
        assertThat(result.err()).contains("Not all sites have answered yet.");
        assertThat(result.out()).contains("ASKING");
    }

    @Test
    void answersWithTheWholeBodyInJson() {
        site.answers(POST, Answer.json(200, FITS));

        assertThat(terminal.vc("preview", "six.yaml", "-o", "json").out()).contains("\"osaka\" : 4");
    }

    @Test
    void asksAboutOneWindowOnly() throws Exception {
        Files.writeString(
                directory.resolve("weekly.yaml"),
                "name: w\nwindow: { start: now, duration: PT1H, repeat: FREQ=DAILY }\n");

        var result = terminal.vc("preview", "weekly.yaml");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("weekly.yaml repeats");
    }
}

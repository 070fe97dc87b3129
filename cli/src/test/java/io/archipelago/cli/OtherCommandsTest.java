package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.archipelago.cli.FakeSite.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherCommandsTest {
    private static final String ONE = FakeSite.RESERVATIONS + "/" + Bodies.ID;
    private static final String LIST = "GET " + FakeSite.RESERVATIONS;

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
    void showPrintsTheWholeClusterAsTables() {
        site.answers("GET " + ONE, Answer.json(200, Bodies.deploying("ACTIVE", 2)));

        var result = terminal.vc("show", Bodies.ID);

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).isEqualTo("""
                Reservation  0198f0a0-0000-7000-8000-000000000001
                Name         genome-assembly
                State        ACTIVE
                Window       2026-12-01T00:00:30Z to 2026-12-05T09:00:00Z (4d 8h)

                Sites
                  SITE   ROLE    STATE  MACHINES  READY
                  tokyo  MASTER  READY  1         1/1
                  osaka  WORKER  READY  2         2/2

                Machines
                  NAME              ROLE      SITE   ADDRESS     MAC                STATE    PHASE
                  vcompute-tokyo-0  FRONTEND  tokyo  172.17.0.1  02:ab:cd:01:00:00  RUNNING  READY
                  vcompute-osaka-1  COMPUTE   osaka  172.18.0.1  02:ab:cd:02:00:01  RUNNING  READY
                  vcompute-osaka-2  COMPUTE   osaka  172.18.0.2  02:ab:cd:02:00:02  RUNNING  READY

                Segments
                  SITE   VLAN
                  tokyo  101
                  osaka  734

                Links
                  FROM   TO     STATE  MTU
                  osaka  tokyo  READY  1400

                Package caches
                  SITE   STATE
                  osaka  READY
                """);
    }

    @Test
    void showNamesTheHostsWhenTheSiteTellsThem() {
        site.answers("GET " + ONE, Answer.json(200, """
                {"id": "x", "name": "n", "state": "ACTIVE", "window": {},
                 "machines": [{"name": "vcompute-tokyo-1", "host": "tokyo-c07"}]}
                """));

        assertThat(terminal.vc("show", Bodies.ID).out()).contains("HOST", "tokyo-c07");
    }

    @Test
    void showTellsWhatAReleaseHasNotRemovedYet() {
        site.answers("GET " + ONE, Answer.json(200, """
                {"id": "x", "state": "RELEASING", "window": {},
                 "sites": [{"site": "osaka", "state": "RELEASING",
                            "left": [{"kind": "DISK", "name": "vcompute-2-1", "phase": "READY", "reason": "in use"}]}]}
                """));

        assertThat(terminal.vc("show", Bodies.ID).out())
                .contains("Still to be removed", "osaka", "DISK", "vcompute-2-1", "in use");
    }

    @Test
    void showSaysThatNothingIsLeftAndWhatASiteWaitsFor() {
        site.answers(
                "GET " + ONE,
                Answer.json(200, "{\"id\":\"x\",\"state\":\"ENDED\",\"window\":{},\"machines\":[],\"links\":[]}"),
                Answer.json(200, """
                        {"id": "x", "state": "DEPLOYING", "window": {},
                         "sites": [{"site": "osaka", "state": "SCHEDULED", "waitingFor": "host osaka-c03 to be clean"}]}
                        """));

        assertThat(terminal.vc("show", Bodies.ID).out()).contains("Nothing of it is left on any host.");
        assertThat(terminal.vc("show", Bodies.ID).out()).contains("WAITING FOR", "host osaka-c03 to be clean");
    }

    @Test
    void showPrintsEverythingThatTheSiteSaidAsJsonAndYaml() throws Exception {
        String body =
                Bodies.deploying("ACTIVE", 2).replace("\"state\": \"ACTIVE\"", "\"state\": \"ACTIVE\", \"news\": 7");
        site.answers("GET " + ONE, Answer.json(200, body));
        var expected = JsonMapper.builder().build().readTree(body);

        assertThat(JsonMapper.builder()
                        .build()
                        .readTree(terminal.vc("show", Bodies.ID, "-o", "json").out()))
                .isEqualTo(expected);
        assertThat(YAMLMapper.builder()
                        .build()
                        .readTree(terminal.vc("-o", "yaml", "show", Bodies.ID).out()))
                .isEqualTo(expected);
    }

    @Test
    void coloursAreOnlyForATerminalAndHonourNoColor() {
        site.answers("GET " + ONE, Answer.json(200, Bodies.reservation("ACTIVE")));

        assertThat(terminal.vc("show", Bodies.ID).out()).doesNotContain("\u001B");
        assertThat(terminal.watchedByAPerson().vc("show", Bodies.ID).out()).contains("\u001B[32mACTIVE\u001B[0m");
        assertThat(terminal.variable("NO_COLOR", "1").vc("show", Bodies.ID).out())
                .doesNotContain("\u001B");
    }

    @Test
    void namesCannotSteerTheTerminal() {
        site.answers("GET " + ONE, Answer.json(200, "{\"id\":\"x\",\"name\":\"a\\u001b[2Jb\",\"state\":\"HELD\"}"));

        assertThat(terminal.vc("show", Bodies.ID).out()).contains("a?[2Jb").doesNotContain("\u001B");
    }

    @Test
    void listFollowsTheCursorOverAllPages() {
        site.answers(
                LIST,
                Answer.json(200, "{\"items\":[" + Bodies.deploying("ACTIVE", 2) + "],\"next\":\"a b\"}"),
                Answer.json(200, "{\"items\":[" + Bodies.reservation("ENDED") + "],\"next\":null}"));

        var result = terminal.vc("list");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).isEqualTo("""
                ID                                    NAME             STATE   START                 END                   SITES
                0198f0a0-0000-7000-8000-000000000001  genome-assembly  ACTIVE  2026-12-01T00:00:30Z  2026-12-05T09:00:00Z  tokyo,osaka
                0198f0a0-0000-7000-8000-000000000001  genome-assembly  ENDED   2026-12-01T00:00:30Z  2026-12-05T09:00:00Z  -
                """);
        assertThat(site.asked(LIST))
                .extracting(FakeSite.Question::query)
                .containsExactly("limit=100", "limit=100&cursor=a%20b");
    }

    @Test
    void listSaysWhenThereAreMoreAndWhenThereAreNone() {
        site.answers(
                LIST,
                Answer.json(200, "{\"items\":[" + Bodies.reservation("ENDED") + "],\"next\":\"n\"}"),
                Answer.json(200, "{\"items\":[]}"));

        assertThat(terminal.vc("list", "--limit", "1").err()).contains("There are more than 1");
        assertThat(terminal.vc("list").out()).startsWith("There are no reservations.");
    }

    @Test
    void listIsADocumentWithItemsForScripts() throws Exception {
        site.answers(LIST, Answer.json(200, "{\"items\":[" + Bodies.reservation("ENDED") + "]}"));

        var document = JsonMapper.builder()
                .build()
                .readTree(terminal.vc("list", "-o", "json").out());

        assertThat(document.at("/items/0/state").asText()).isEqualTo("ENDED");
    }

    @Test
    void cancelPrintsTheReservationAlsoWhenTheAnswerIsEmpty() {
        site.answers("DELETE " + ONE, Answer.empty(202));
        site.answers("GET " + ONE, Answer.json(200, Bodies.reservation("RELEASING")));

        var result = terminal.vc("cancel", Bodies.ID);

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("State        RELEASING");
    }

    @Test
    void cancelWaitsUntilNothingIsLeft() {
        site.answers("DELETE " + ONE, Answer.json(202, Bodies.deploying("RELEASING", 2)));
        site.answers(
                "GET " + ONE,
                Answer.json(200, Bodies.deploying("RELEASING", 1)),
                Answer.json(200, Bodies.reservation("ENDED")));

        var result = terminal.vc("cancel", Bodies.ID, "--wait");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).contains("RELEASING", "ENDED");
        assertThat(result.out()).contains("State        ENDED", "Nothing of it is left on any host.");
    }
}

package io.archipelago.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.archipelago.cli.FakeSite.Answer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReserveCommandTest {
    private static final String POST = "POST " + FakeSite.RESERVATIONS;
    private static final String SERIES = "POST /api/v1/series";
    private static final String GET = "GET " + FakeSite.RESERVATIONS + "/" + Bodies.ID;

    private final FakeSite site = new FakeSite();
    private Terminal terminal;

    @BeforeEach
    void signOn(@TempDir Path directory) {
        terminal = Terminal.signedOnAt(site, directory).file("cluster.yaml", Bodies.FILE);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void sendsTheFileAsReadAndPrintsTheReservation() throws Exception {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED")));

        var result = terminal.vc("reserve", "cluster.yaml");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("Reservation  " + Bodies.ID, "State        REQUESTED");
        assertThat(result.err()).isEmpty();
        var asked = site.asked(POST).getFirst();
        assertThat(asked.header("Authorization")).isEqualTo("Bearer token-1");
        assertThat(asked.header("Idempotency-Key")).hasSize(36);
        assertThat(asked.header("Content-Type")).isEqualTo("application/json");
        assertThat(JsonMapper.builder().build().readTree(asked.body())).hasToString("""
                {"name":"genome-assembly","window":{"start":"2026-12-01T00:00:30Z","duration":"PT1H"},\
                "machines":{"compute":{"count":3,"cpus":2,"memory":"4GiB","disk":"20GiB"}}}""");
    }

    @Test
    void asksForEachTimeThatAWindowComes() {
        terminal.file(
                "cluster.yaml", Bodies.FILE.replace("PT1H", "PT1H\n  repeat: FREQ=DAILY;COUNT=2\n  zone: Asia/Tokyo"));
        site.answers(SERIES, Answer.json(202, """
                {"id": "0198f0a0-0000-7000-8000-0000000000aa", "occurrences": [
                   {"window": {"start": "2026-12-01T00:00:30Z", "end": "2026-12-01T01:00:30Z"}, "reservation": %s},
                   {"window": {"start": "2026-12-02T00:00:30Z", "end": "2026-12-02T01:00:30Z"},
                    "problem": {"code": "limit-exceeded", "message": "your tenant may have 1 reservations"}}]}
                """.formatted(Bodies.reservation("REQUESTED"))));

        var result = terminal.vc("reserve", "cluster.yaml");

        assertThat(result.exitCode()).as("one was not taken").isEqualTo(3);
        assertThat(result.out()).contains(Bodies.ID, "REQUESTED");
        assertThat(result.err()).contains("Not taken: 2026-12-02T00:00:30Z: your tenant may have 1 reservations");
        assertThat(site.asked(SERIES).getFirst().body()).contains("\"repeat\":\"FREQ=DAILY;COUNT=2\"");
    }

    @Test
    void waitsForNoSeries() {
        terminal.file(
                "cluster.yaml", Bodies.FILE.replace("PT1H", "PT1H\n  repeat: FREQ=DAILY;COUNT=2\n  zone: Asia/Tokyo"));

        var result = terminal.vc("reserve", "cluster.yaml", "--wait");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--wait waits for one cluster");
    }

    @Test
    void sendsTheIdempotencyKeyOfTheUser() {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED")));

        var result = terminal.vc("reserve", "cluster.yaml", "--idempotency-key", "monday-run");

        assertThat(result.exitCode()).isZero();
        assertThat(site.asked(POST).getFirst().header("Idempotency-Key")).isEqualTo("monday-run");
    }

    @Test
    void asksAgainWithTheSameKeyAndContentWhenTheAnswerWasLost() {
        terminal.file("cluster.yaml", Bodies.FILE.replace("2026-12-01T00:00:30Z", "now"));
        site.answers(POST, Answer.broken(), Answer.empty(503), Answer.json(202, Bodies.reservation("REQUESTED")));

        var result = terminal.vc("reserve", "cluster.yaml");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).containsOnlyOnce("Asking again");
        assertThat(site.asked(POST)).hasSizeGreaterThanOrEqualTo(3);
        assertThat(site.asked(POST).stream()
                        .map(asked -> asked.header("Idempotency-Key"))
                        .distinct())
                .hasSize(1);
        assertThat(site.asked(POST).stream().map(FakeSite.Question::body).distinct())
                .hasSize(1);
    }

    @Test
    void givesUpAfterThreeLostAnswersAndSaysThatItMayBeReserved() {
        site.answers(POST, Answer.empty(503));

        var result = terminal.vc("reserve", "cluster.yaml");

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.err()).contains("It may have been reserved all the same: look at ./vc list");
        assertThat(site.asked(POST)).hasSize(3);
    }

    @Test
    void waitsUntilActiveWhenTheStartIsNear() {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED")));
        site.answers(
                GET,
                Answer.json(200, Bodies.reservation("SCHEDULED")),
                Answer.json(200, Bodies.deploying("DEPLOYING", 1)),
                Answer.json(200, Bodies.deploying("ACTIVE", 2)));

        var result = terminal.vc("reserve", "cluster.yaml", "--wait");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).contains("REQUESTED", "SCHEDULED", "DEPLOYING", "machines 1/2 ready", "ACTIVE");
        assertThat(result.out())
                .contains("State        ACTIVE", "vcompute-osaka-2")
                .doesNotContain("SCHEDULED");
    }

    @Test
    void waitsOnlyUntilScheduledWhenTheStartIsFar() {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED", "2026-12-04T00:00:00Z")));
        site.answers(GET, Answer.json(200, Bodies.reservation("SCHEDULED", "2026-12-04T00:00:00Z")));

        var result = terminal.vc("reserve", "cluster.yaml", "--wait", "-o", "json");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).startsWith("{").contains("\"state\" : \"SCHEDULED\"");
    }

    @Test
    void exitsWithThreeAndStillPrintsTheReservationWhenItIsRefused() {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED")));
        site.answers(GET, Answer.json(200, Bodies.refused()));

        var result = terminal.vc("reserve", "cluster.yaml", "--wait");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out()).contains("REFUSED", "osaka: 4 hosts are missing until 12:00Z (capacity)");
        assertThat(result.err()).contains("vc: The reservation is REFUSED");
    }

    @Test
    void waitsUntilWhatIsOfferedInsteadIsHeldAndSaysHowToTakeIt() {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED")));
        site.answers(
                GET,
                Answer.json(200, Bodies.refusedWithOffers("HOLDING")),
                Answer.json(200, Bodies.refusedWithOffers("OPEN")));

        var result = terminal.vc("reserve", "cluster.yaml", "--wait");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out())
                .contains(
                        "osaka: 4 hosts are missing; it does not fit from 2026-12-01T10:00:00Z to 2026-12-01T11:00:00Z; it would fit there from 2026-12-06T00:00:00Z on (no-capacity)")
                .contains("Offers", "LATER", "osaka,tokyo", "2026-12-01T00:10:00Z")
                .contains("Take one: ./vc accept " + Bodies.ID + " NUMBER")
                .doesNotContain("FEWER");
        assertThat(result.err()).contains("Take an offer: ./vc accept " + Bodies.ID);
    }

    @Test
    void exitsWithSixAndPrintsTheReservationWhenTheTimeIsUp() {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED")));
        site.answers(GET, Answer.json(200, Bodies.deploying("DEGRADED", 1)));

        var result = terminal.vc("--timeout", "90s", "reserve", "cluster.yaml", "--wait");

        assertThat(result.exitCode()).isEqualTo(6);
        assertThat(result.out()).contains("State        DEGRADED");
        assertThat(result.err()).contains("Not there yet, it is DEGRADED", "./vc watch " + Bodies.ID);
        assertThat(terminal.clock().instant()).isEqualTo(Terminal.NOW.plusSeconds(90));
    }

    @Test
    void exitsWithOneWhenItIsCancelledMeanwhile() {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED")));
        site.answers(GET, Answer.json(200, Bodies.reservation("CANCELLED")));

        var result = terminal.vc("reserve", "cluster.yaml", "--wait");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("It did not become ACTIVE, it is CANCELLED.");
    }

    @Test
    void keepsWaitingWhileTheSiteIsRestarted() {
        site.answers(POST, Answer.json(202, Bodies.reservation("REQUESTED")));
        site.answers(GET, Answer.empty(503), Answer.empty(503), Answer.json(200, Bodies.deploying("ACTIVE", 2)));

        var result = terminal.vc("reserve", "cluster.yaml", "--wait");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).containsOnlyOnce("The site is not ready to answer. Asking again.");
    }

    @Test
    void withWaitItAlsoWaitsForASiteThatIsRestartedBeforeItTookTheRequest() {
        Answer[] answers = new Answer[10];
        Arrays.fill(answers, Answer.empty(503));
        answers[9] = Answer.json(202, Bodies.deploying("ACTIVE", 2));
        site.answers(POST, answers);

        var result = terminal.vc("reserve", "cluster.yaml", "--wait");

        assertThat(result.exitCode()).isZero();
        assertThat(site.asked(POST).stream()
                        .map(asked -> asked.header("Idempotency-Key"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void namesTheFieldAtFaultItsLineAndWhatIsAllowed() {
        site.answers(POST, Answer.problem(400, """
                {"type": "/problems/invalid-reservation", "title": "Invalid reservation", "status": 400,
                 "detail": "The reservation has 2 errors.", "code": "invalid-reservation", "correlationId": "c-17",
                 "errors": [{"field": "machines.compute.memory", "message": "\\"4GB?\\" is not a size; write 4GiB"},
                            {"field": "/window/end", "message": "is missing; give end or duration"}]}
                """));

        var result = terminal.vc("reserve", "cluster.yaml");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualTo("""
                vc: The reservation has 2 errors.
                  machines.compute.memory (line 6): "4GB?" is not a size; write 4GiB
                  window.end (below window, line 2): is missing; give end or duration
                Nothing was reserved. Correct this and send it again.
                (status 400, code invalid-reservation, correlation id c-17)
                """);
    }

    @Test
    void exitsWithThreeWhenItIsMoreThanTheTenantMayHave() {
        site.answers(POST, Answer.problem(403, """
                {"type": "/problems/limit-exceeded", "title": "Limit exceeded", "status": 403, "code": "limit-exceeded",
                 "detail": "your tenant may have 4 machines at a time", "errors": [
                   {"field": "machines.compute.count", "message": "your tenant may have 4 machines at a time"}]}
                """));

        var result = terminal.vc("reserve", "cluster.yaml");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).contains("vc: your tenant may have 4 machines at a time", "line 6");
    }

    @Test
    void refusesAFileThatDoesNotExistBeforeAskingAnyone() {
        var result = terminal.vc("reserve", "nothing.yaml");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("vc: There is no file nothing.yaml.\n");
        assertThat(site.signOns()).isEmpty();
    }

    @Test
    void showsWhereTheYamlIsBroken() {
        terminal.file("broken.yaml", "name: x\nmachines: { count: 3\nwindow: 5\n");

        var result = terminal.vc("reserve", "broken.yaml");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).startsWith("vc: broken.yaml, line 3, column 7: ");
        assertThat(site.signOns()).isEmpty();
    }
}

package io.archipelago.system;

import static io.archipelago.system.Federation.MASTER;
import static io.archipelago.system.Federation.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A cluster comes to be otherwise at both sites, or stays as it was at both. */
@ExtendWith(FederationExtension.class)
class ChangeST {

    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void aClusterThatRunsGetsMachinesAndTimeAndLosesAMachine(Federation federation) throws Exception {
        // Given
        String id = federation.reserve(Requests.small(Instant.now(), LONG));
        JsonNode active = federation.awaitState(id, "ACTIVE");
        Instant end = Instant.parse(active.at("/window/end").asText());

        // When
        change(
                federation,
                id,
                "{\"machines\": {\"compute\": {\"count\": 7}}, \"window\": {\"end\": \"%s\"}}"
                        .formatted(end.plus(LONG)));

        // Then
        JsonNode more = awaitMachines(federation, id, 8);
        assertThat(more.at("/window/end").asText()).isEqualTo(end.plus(LONG).toString());
        assertThat(running(federation)).isEqualTo(8);

        // When
        change(federation, id, "{\"leaving\": [\"vcompute-2-1\"]}");

        // Then
        JsonNode fewer = awaitMachines(federation, id, 7);
        assertThat(fewer.get("machines").findValuesAsText("name")).doesNotContain("vcompute-2-1");
        await().atMost(SOON).untilAsserted(() -> assertThat(running(federation)).isEqualTo(7));
        Outside.assertBookingsAreLawful(federation.stack());
        federation.cancel(id);
        federation.awaitState(id, "ENDED");
        federation.assertNothingIsLeft();
    }

    @Test
    void lastsAsLongAsNothingElseComesAfter(Federation federation) throws Exception {
        // Given
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(LONG);
        Instant end = start.plus(LONG);
        String id = federation.reserve(Requests.wholeOsaka(start, LONG));
        federation.awaitState(id, "SCHEDULED");
        Person bob = new Person(federation.stack(), "bob");
        Instant next = end.plus(LONG);
        String after = federation.reserve(bob, MASTER, Requests.wholeOsaka(next, LONG));
        federation.awaitState(bob, MASTER, after, "SCHEDULED");

        // When
        change(federation, id, until(next.plus(LONG)));

        // Then
        JsonNode refused = awaitAnswered(federation, id).get("change");
        assertThat(refused.path("state").asText()).isEqualTo("REFUSED");
        JsonNode why = refused.at("/problems/0");
        Instant latest = Instant.parse(why.path("latestEnd").asText());
        assertThat(latest).isBetween(end, next);
        assertThat(federation.show(id).at("/window/end").asText()).isEqualTo(end.toString());

        // When
        change(federation, id, until(latest));

        // Then
        JsonNode longer = awaitAnswered(federation, id);
        assertThat(longer.path("change").isObject()).as(longer.toString()).isFalse();
        assertThat(longer.at("/window/end").asText()).isEqualTo(latest.toString());
        Outside.assertBookingsAreLawful(federation.stack());
        federation.cancel(id);
        federation.cancel(bob, MASTER, after);
        federation.awaitState(id, "CANCELLED");
        federation.awaitState(bob, MASTER, after, "CANCELLED");
        federation.assertNothingIsLeft();
    }

    private static String until(Instant end) {
        return "{\"window\": {\"end\": \"%s\"}}".formatted(end);
    }

    /** Until all sites have heard of the last change another one is too early. */
    private static void change(Federation federation, String id, String json) {
        await().atMost(SOON).untilAsserted(() -> {
            Person.Answer answer = federation.alice().change(MASTER, id, json);
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(202);
        });
    }

    private static JsonNode awaitAnswered(Federation federation, String id) {
        return await().atMost(SOON)
                .until(
                        () -> federation.show(id),
                        seen -> !seen.at("/change/state").asText().equals("ASKED"));
    }

    private static JsonNode awaitMachines(Federation federation, String id, int machines) {
        return await().atMost(SOON)
                .until(
                        () -> federation.show(id),
                        seen -> seen.get("state").asText().equals("ACTIVE")
                                && seen.get("machines").size() == machines
                                && !seen.path("change").isObject());
    }

    private static int running(Federation federation) throws Exception {
        int running = 0;
        for (String site : federation.sites()) {
            running += federation.hosts(site).running().size();
        }
        return running;
    }
}

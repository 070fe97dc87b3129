package io.archipelago.system;

import static io.archipelago.system.Federation.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A confirmed window is a lease: every site begins and ends its part by itself. */
@ExtendWith(FederationExtension.class)
class LeaseST {

    /** Until the start: enough to be scheduled on a busy machine. */
    private static final Duration AHEAD = Duration.ofSeconds(30);

    private static final Duration LIFE = Duration.ofSeconds(30);

    @Test
    void bothSitesBeginAndEndTheirPartsWhileTheWanIsCut(Federation federation) throws Exception {
        String id = federation.reserve(Requests.small(Instant.now().plus(AHEAD), LIFE));
        federation.awaitState(id, "SCHEDULED");
        federation.stack().wan().cut();

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(federation.things("tokyo")).as("things at tokyo").isPositive();
            assertThat(federation.things("osaka")).as("things at osaka").isPositive();
        });
        federation.assertNothingIsLeft();

        federation.stack().wan().heal();
        federation.awaitState(id, "ENDED");
    }

    @Test
    void aSiteBeginsAndEndsItsPartWhileTheOtherIsStopped(Federation federation) throws Exception {
        String id = federation.reserve(Requests.small(Instant.now().plus(AHEAD), LIFE));
        federation.awaitState(id, "SCHEDULED");
        List<String> osaka = federation.processes().stream()
                .filter(name -> name.startsWith("osaka-"))
                .toList();
        federation.freeze(osaka.toArray(String[]::new));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(federation.things("tokyo")).isPositive());
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(federation.things("tokyo")).isZero());

        federation.thaw();
        federation.awaitState(id, "ENDED");
        federation.assertNothingIsLeft();
    }

    @Test
    void aBookingThatWaitsForItsPredecessorSaysSo(Federation federation) throws Exception {
        // Both take the whole of osaka, one after the other; what the first left can not be seen gone.
        Instant start = Instant.now().plus(AHEAD);
        String first = federation.reserve(Requests.wholeOsaka(start, LIFE));
        federation.awaitState(first, "ACTIVE");
        String second = federation.reserve(Requests.wholeOsaka(start.plus(LIFE).plus(Duration.ofSeconds(15)), LIFE));
        federation.awaitState(second, "SCHEDULED");
        federation.freeze("osaka-agent");

        JsonNode waiting = await().atMost(SOON)
                .ignoreExceptions()
                .until(() -> federation.show(second), seen -> seen.toString().contains("waitingFor\":\""));
        assertThat(waiting.get("state").asText()).isEqualTo("DEPLOYING");
        assertThat(waiting.toString()).doesNotContain(first);

        federation.thaw();
        federation.awaitState(first, "ENDED");
        federation.awaitState(second, "ACTIVE", "ENDED");
        federation.awaitState(second, "ENDED");
        federation.assertNothingIsLeft();
    }
}

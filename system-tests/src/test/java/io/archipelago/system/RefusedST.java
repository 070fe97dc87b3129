package io.archipelago.system;

import static io.archipelago.system.Federation.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** What can not be had is refused everywhere, with a reason, and leaves nothing anywhere. */
@ExtendWith(FederationExtension.class)
class RefusedST {

    private static final Duration LONG = Duration.ofHours(1);
    private static final int SILENT_PER_RUN = 1;

    @Test
    void oneRefusingParticipantRefusesTheWholeAndSaysWhy(Federation federation) throws Exception {
        // One such volume fits into a pool, as tokyo needs it; osaka's two do not. Osaka says so once tokyo holds.
        federation.freeze(List.of("osaka-storage"));
        String id = federation.reserve(Requests.volumes(Instant.now().plus(LONG), LONG, "3000GiB", 1, 2));
        awaitHeld(federation, "tokyo", ServiceKind.PLACEMENT, ServiceKind.NETWORK, ServiceKind.STORAGE);
        federation.thaw();

        JsonNode refused = federation.awaitState(id, "REFUSED");

        assertThat(refused.get("problems")).anySatisfy(problem -> {
            assertThat(problem.get("site").asText()).isEqualTo("osaka");
            assertThat(problem.get("message").asText()).contains("bytes of volumes");
        });
        federation.cancel(id);
        federation.assertNothingIsLeft();

        // What tokyo has given back is no part of it once tokyo has said so.
        JsonNode over = await().atMost(SOON)
                .until(() -> federation.show(id), seen -> seen.get("sites").isEmpty());
        federation.cancel(id);
        assertThat(federation.show(id))
                .as("after it was given up although it was refused")
                .isEqualTo(over);
    }

    /** Each lasts as long as a hold does. */
    @TestFactory
    Stream<DynamicTest> whoIsNotHeardHoldsNothingFurther(Federation federation) {
        return Sweep.some(
                "silent peers",
                List.of(
                        dynamicTest("before it holds", () -> isNamedAndHoldsNothing(federation)),
                        dynamicTest("once it holds", () -> runsOutByItself(federation))),
                SILENT_PER_RUN)
                .stream();
    }

    private static void isNamedAndHoldsNothing(Federation federation) throws Exception {
        federation.stack().wan().cut();
        String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));

        JsonNode refused = federation.awaitState(id, "REFUSED");

        assertThat(refused.get("problems")).anySatisfy(problem -> {
            assertThat(problem.get("site").asText()).isEqualTo("osaka");
            assertThat(problem.get("code").asText()).isEqualTo("no-answer");
        });
        federation.cancel(id);
        // The request to hold reaches osaka only now, and what gives it back behind it.
        federation.heal();
        federation.assertNothingIsLeft();
        assertThat(federation.show(id).get("state").asText()).isEqualTo("REFUSED");
    }

    private static void runsOutByItself(Federation federation) throws Exception {
        // Osaka holds, tokyo never does; then nobody can tell osaka that it is given up.
        federation.freeze(List.of("tokyo-cache"));
        String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));
        awaitHeld(
                federation,
                "osaka",
                ServiceKind.PLACEMENT,
                ServiceKind.NETWORK,
                ServiceKind.STORAGE,
                ServiceKind.CACHE);
        federation.stack().wan().cut();
        assertThat(federation.booked("osaka", ServiceKind.PLACEMENT))
                .as("when the network is cut")
                .isNotEmpty();

        await().atMost(SOON).untilAsserted(() -> {
            for (ServiceKind participant : Outside.PARTICIPANTS) {
                assertThat(federation.booked("osaka", participant))
                        .as(participant.id())
                        .isEmpty();
            }
        });
        JsonNode refused = federation.awaitState(id, "REFUSED");
        assertThat(refused.get("problems").toString()).contains("no-answer");

        federation.cancel(id);
        federation.thaw();
        federation.heal();
        federation.assertNothingIsLeft();
        assertThat(federation.show(id).get("state").asText()).isEqualTo("REFUSED");
    }

    /** Waits until participants hold something, and have not yet confirmed it. */
    private static void awaitHeld(Federation federation, String site, ServiceKind... participants) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            for (ServiceKind participant : participants) {
                assertThat(federation.booked(site, participant))
                        .as(site + " " + participant)
                        .hasSize(1);
                assertThat(federation.leased(site, participant))
                        .as(site + " " + participant)
                        .isEmpty();
            }
        });
    }
}

package io.archipelago.system;

import static io.archipelago.system.Federation.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What can not be had is refused everywhere, with a reason, and leaves nothing anywhere. */
@ExtendWith(FederationExtension.class)
class RefusedST {

    private static final Duration LONG = Duration.ofHours(1);

    @Test
    void oneRefusingParticipantRefusesTheWholeAndSaysWhy(Federation federation) throws Exception {
        // Two such volumes fit on no storage host; the machines themselves would fit.
        String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG, "4096GiB"));

        JsonNode refused = federation.awaitState(id, "REFUSED");

        assertThat(refused.get("problems").toString()).contains("volumes");
        federation.assertNothingIsLeft();
    }

    @Test
    void aPeerThatCanNotBeReachedIsNamedAndHoldsNothingFurther(Federation federation) throws Exception {
        federation.stack().wan().cut();
        String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));

        JsonNode refused = federation.awaitState(id, "REFUSED");

        assertThat(refused.get("problems")).anySatisfy(problem -> {
            assertThat(problem.get("site").asText()).isEqualTo("osaka");
            assertThat(problem.get("code").asText()).isEqualTo("no-answer");
        });
        federation.stack().wan().heal();
        federation.assertNothingIsLeft();
    }

    @Test
    void aHoldOfWhichNobodyHearsAgainRunsOutByItself(Federation federation) throws Exception {
        // Osaka holds, and its network stands still before it can confirm: the master gives up, and can tell nobody.
        String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !federation.booked("osaka", ServiceKind.PLACEMENT).isEmpty());
        federation.stack().wan().cut();

        // Either all was confirmed before the cut, and then it is a lease; or it is given up on both sides, each by
        // itself; or osaka had confirmed and tokyo not heard of it: then osaka keeps its lease, for only tokyo may give
        // it back, and can not say so before the network is whole.
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            String state = federation.show(id).get("state").asText();
            assertThat(state).isIn("SCHEDULED", "REFUSED");
            assertThat(federation.booked("osaka", ServiceKind.PLACEMENT))
                    .isEqualTo(federation.leased("osaka", ServiceKind.PLACEMENT));
            if (state.equals("SCHEDULED")) {
                assertThat(federation.leased("osaka", ServiceKind.PLACEMENT)).hasSize(1);
            }
        });

        // What osaka may have kept goes with the first words that it hears again.
        federation.stack().wan().heal();
        federation.cancel(id);
        federation.awaitState(id, "CANCELLED", "REFUSED");
        federation.assertNothingIsLeft();
    }
}

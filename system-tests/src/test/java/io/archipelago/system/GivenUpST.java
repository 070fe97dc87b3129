package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** A tenant may give a reservation up at any time. */
@ExtendWith(FederationExtension.class)
class GivenUpST {

    private static final int STATES_PER_RUN = 2;
    private static final Duration LONG = Duration.ofHours(1);

    /** When it is given up, and who must stand still meanwhile for it to stay there. */
    private enum Moment {
        REQUESTED("CANCELLED", "tokyo-placement"),
        HELD("CANCELLED", "osaka-cache"),
        SCHEDULED("CANCELLED"),
        DEPLOYING("ENDED", "osaka-agent"),
        ACTIVE("ENDED"),
        RELEASING("ENDED", "osaka-agent");

        private final String outcome;
        private final String[] still;

        Moment(String outcome, String... still) {
            this.outcome = outcome;
            this.still = still;
        }
    }

    @TestFactory
    Stream<DynamicTest> leavesNothingWheneverItIsGivenUp(Federation federation) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Moment moment : Sweep.some("states", Arrays.asList(Moment.values()), STATES_PER_RUN)) {
            tests.add(DynamicTest.dynamicTest("given up when " + moment, () -> leavesNothing(federation, moment)));
        }
        return tests.stream();
    }

    private static void leavesNothing(Federation federation, Moment moment) throws Exception {
        String id = bringTo(federation, moment);

        federation.cancel(id);
        federation.cancel(id); // Once more changes nothing.
        federation.thaw();

        JsonNode over = federation.awaitState(id, moment.outcome);
        assertThat(over.get("machines")).isEmpty();
        federation.assertNothingIsLeft();
        assertThat(federation.show(id).get("state").asText()).isEqualTo(moment.outcome);
    }

    private static String bringTo(Federation federation, Moment moment) throws Exception {
        return switch (moment) {
            case REQUESTED -> {
                federation.freeze(moment.still);
                String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));
                federation.awaitState(id, "REQUESTED");
                yield id;
            }
            case HELD -> {
                String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));
                // From here on it stays where it is, or becomes SCHEDULED if it was quicker than we are.
                federation.awaitState(id, "HELD", "SCHEDULED");
                federation.freeze(moment.still);
                yield id;
            }
            case SCHEDULED -> {
                String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));
                federation.awaitState(id, "SCHEDULED");
                yield id;
            }
            case DEPLOYING -> {
                String id = federation.reserve(Requests.small(Instant.now().plus(Duration.ofSeconds(20)), LONG));
                federation.awaitState(id, "SCHEDULED");
                federation.freeze(moment.still);
                federation.awaitState(id, "DEPLOYING");
                yield id;
            }
            case ACTIVE -> {
                String id = federation.reserve(Requests.small(Instant.now(), LONG));
                federation.awaitState(id, "ACTIVE");
                yield id;
            }
            case RELEASING -> {
                String id = federation.reserve(Requests.small(Instant.now(), LONG));
                federation.awaitState(id, "ACTIVE");
                federation.freeze(moment.still);
                federation.cancel(id);
                federation.awaitState(id, "RELEASING");
                yield id;
            }
        };
    }
}

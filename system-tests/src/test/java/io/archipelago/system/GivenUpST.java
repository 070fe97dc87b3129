package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
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

    private static final int HELD_ATTEMPTS = 10;
    private static final int STATES_PER_RUN = 2;
    private static final Duration LONG = Duration.ofHours(1);

    /** When it is given up, and who must stand still meanwhile for it to stay there. */
    private enum Moment {
        REQUESTED("CANCELLED", "tokyo-placement"),
        HELD("CANCELLED", "osaka-cache"),
        SCHEDULED("CANCELLED"),
        DEPLOYING("ENDED", "osaka-agent"),
        ACTIVE("ENDED"),
        DEGRADED("ENDED"),
        RELEASING("ENDED", "osaka-agent");

        private final String outcome;
        private final String still;

        Moment(String outcome) {
            this(outcome, "nobody");
        }

        Moment(String outcome, String still) {
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
        String id;
        try {
            id = bringTo(federation, moment);
            assertThat(federation.show(id).get("state").asText()).isEqualTo(moment.name());

            federation.cancel(id);
            federation.cancel(id); // Once more changes nothing.
        } finally {
            federation.restore();
        }

        JsonNode over = federation.awaitState(id, moment.outcome);
        assertThat(over.get("machines")).isEmpty();
        federation.assertNothingIsLeft();
        assertThat(federation.show(id).get("state").asText()).isEqualTo(moment.outcome);
    }

    /** Everybody holds, and one of them stands still before it has heard that it is to confirm. */
    private static String held(Federation federation, String still) throws Exception {
        Federation.Freezer freezer = federation.freezer(still);
        for (int attempt = 0; attempt < HELD_ATTEMPTS; attempt++) {
            String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));
            try (MasterDatabase master = federation.master()) {
                master.awaitState(id, List.of("HELD", "SCHEDULED"));
            }
            freezer.freeze();
            if (stillHolds(federation, id)) {
                federation.awaitState(id, "HELD");
                return id;
            }
            // It was quicker than we are.
            federation.thaw();
            federation.cancel(id);
            federation.awaitState(id, "CANCELLED");
        }
        throw new AssertionError(
                "in " + HELD_ATTEMPTS + " attempts " + still + " always confirmed before it stood still");
    }

    private static boolean stillHolds(Federation federation, String id) throws Exception {
        return federation
                .stack()
                .query("osaka", ServiceKind.CACHE, "select state from part where allocation like '" + id + "%'")
                .equals(List.of("Held"));
    }

    private static String bringTo(Federation federation, Moment moment) throws Exception {
        return switch (moment) {
            case REQUESTED -> {
                federation.freeze(List.of(moment.still));
                String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));
                federation.awaitState(id, "REQUESTED");
                yield id;
            }
            case HELD -> held(federation, moment.still);
            case SCHEDULED -> {
                String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));
                federation.awaitState(id, "SCHEDULED");
                yield id;
            }
            case DEPLOYING -> {
                String id = federation.reserve(Requests.small(Instant.now().plus(Duration.ofSeconds(20)), LONG));
                federation.awaitState(id, "SCHEDULED");
                federation.freeze(List.of(moment.still));
                federation.awaitState(id, "DEPLOYING");
                yield id;
            }
            case ACTIVE -> {
                String id = federation.reserve(Requests.small(Instant.now(), LONG));
                federation.awaitState(id, "ACTIVE");
                yield id;
            }
            case DEGRADED -> {
                String id = federation.reserve(Requests.small(Instant.now(), LONG));
                federation.awaitState(id, "ACTIVE");
                Hosts osaka = federation.hosts("osaka");
                osaka.failAlways();
                osaka.lose(osaka.running().getFirst());
                federation.awaitState(id, "DEGRADED");
                yield id;
            }
            case RELEASING -> {
                String id = federation.reserve(Requests.small(Instant.now(), LONG));
                federation.awaitState(id, "ACTIVE");
                federation.freeze(List.of(moment.still));
                federation.cancel(id);
                federation.awaitState(id, "RELEASING");
                yield id;
            }
        };
    }
}

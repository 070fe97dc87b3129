package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
        assertThat(federation.show(id).get("state").asText()).isEqualTo(moment.name());

        federation.cancel(id);
        federation.cancel(id); // Once more changes nothing.
        federation.thaw();

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
            awaitInDatabase(
                    federation, "select 1 from reservation where id = '" + id + "' and state in ('HELD', 'SCHEDULED')");
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

    /** Asks the master's database and not the service: between the last hold and the first word of confirming is little time. */
    private static void awaitInDatabase(Federation federation, String sql) throws Exception {
        try (Connection connection = federation.stack().connect("tokyo", ServiceKind.RESERVATION);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            await().atMost(Federation.SOON).pollInterval(Duration.ofMillis(1)).until(() -> {
                try (ResultSet found = statement.executeQuery()) {
                    return found.next();
                }
            });
        }
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
                federation.freeze(moment.still);
                String id = federation.reserve(Requests.small(Instant.now().plus(LONG), LONG));
                federation.awaitState(id, "REQUESTED");
                yield id;
            }
            case HELD -> held(federation, moment.still[0]);
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

package io.archipelago.system;

import static io.archipelago.system.Federation.SOON;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** A confirmed window is a lease: every site begins and ends its part by itself. */
@ExtendWith(FederationExtension.class)
class LeaseST {

    /** Until the start: enough to be scheduled on a busy machine; on a busier one it is tried again with more. */
    private static final Duration AHEAD = Duration.ofSeconds(30);

    private static final Duration AHEAD_AT_MOST = Duration.ofMinutes(5);
    private static final Duration LIFE = Duration.ofSeconds(30);
    /** Beside what it was asked for, the master has the frontend. */
    private static final Map<String, Integer> MACHINES = Map.of("tokyo", 3, "osaka", 2);

    private static final int LEASES_PER_RUN = 1;

    @TestFactory
    Stream<DynamicTest> sitesBeginAndEndTheirPartsByThemselves(Federation federation) {
        List<DynamicTest> all = new ArrayList<>();
        all.add(dynamicTest("the WAN is cut", () -> bothBeginAndEndTheirParts(federation)));
        for (String site : federation.sites()) {
            all.add(dynamicTest(site + " is stopped", () -> theOtherBeginsAndEndsItsPart(federation, site)));
        }
        all.add(dynamicTest("what was there before does not go", () -> aBookingThatWaitsSaysSo(federation)));
        return Sweep.some("leases", all, LEASES_PER_RUN).stream();
    }

    private static void bothBeginAndEndTheirParts(Federation federation) throws Exception {
        String id = scheduledBefore(federation, () -> federation.stack().wan().cut());

        for (String site : federation.sites()) {
            awaitMachines(federation, site);
        }
        federation.assertNothingIsLeft();

        federation.heal();
        federation.awaitState(id, "ENDED");
        federation.assertNothingIsLeft();
    }

    private static void theOtherBeginsAndEndsItsPart(Federation federation, String stopped) throws Exception {
        String alone = federation.sites().stream()
                .filter(site -> !site.equals(stopped))
                .findFirst()
                .orElseThrow();
        List<String> processes = federation.stack().processes().stream()
                .filter(name -> name.startsWith(stopped + "-"))
                .toList();
        try {
            String id = scheduledBefore(federation, () -> federation.freeze(processes));

            awaitMachines(federation, alone);
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(federation.hosts(alone).things()).isEmpty());

            federation.thaw();
            federation.awaitState(id, "ENDED");
            federation.assertNothingIsLeft();
        } finally {
            federation.restore();
        }
    }

    private static void aBookingThatWaitsSaysSo(Federation federation) throws Exception {
        // Both take the whole of osaka, one after the other; what the first left can not be seen gone.
        Instant start = Instant.now().plus(AHEAD);
        String first = federation.reserve(Requests.wholeOsaka(start, LIFE));
        federation.awaitState(first, "ACTIVE");
        String second = federation.reserve(Requests.wholeOsaka(start.plus(LIFE).plus(Duration.ofSeconds(15)), LIFE));
        federation.awaitState(second, "SCHEDULED");
        federation.freeze(List.of("osaka-agent"));

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

    /** Sets sites apart. */
    @FunctionalInterface
    private interface Apart {
        void set() throws Exception;
    }

    /** Returns a reservation that is scheduled, and of whose part no site had begun anything when they were set apart. */
    private static String scheduledBefore(Federation federation, Apart apart) throws Exception {
        for (Duration ahead = AHEAD; ahead.compareTo(AHEAD_AT_MOST) < 0; ahead = ahead.multipliedBy(2)) {
            Instant start = Instant.now().plus(ahead);
            String id = federation.reserve(Requests.small(start, LIFE));
            federation.awaitState(id, "SCHEDULED", "DEPLOYING", "ACTIVE");
            apart.set();
            if (Instant.now().isBefore(start.minus(Federation.LEAD))) {
                return id;
            }
            federation.restore();
            federation.cancel(id);
            federation.awaitState(id, "ENDED");
            federation.assertNothingIsLeft();
        }
        throw new AssertionError("nothing is scheduled within " + AHEAD_AT_MOST);
    }

    private static void awaitMachines(Federation federation, String site) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(federation.hosts(site).running())
                        .as("machines that run at " + site)
                        .hasSize(requireNonNull(MACHINES.get(site))));
    }
}

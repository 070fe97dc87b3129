package io.archipelago.system;

import static io.archipelago.system.Federation.MASTER;
import static io.archipelago.system.Federation.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A host is maintained: what is booked of it for then goes elsewhere before it begins, and nobody outside of the site notices. */
@ExtendWith(FederationExtension.class)
class MaintenanceST {

    private static final String SITE = "osaka";
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void aClusterThatHasNotBegunLeavesTheHostAndKeepsItsNames(Federation federation) throws Exception {
        // Given
        Instant start = Instant.now().plus(HOUR);
        String id = federation.reserve(Requests.small(start, HOUR));
        JsonNode scheduled = federation.awaitState(id, "SCHEDULED");
        String compute = bookedOn(federation, ServiceKind.PLACEMENT, id).getFirst();
        String storage = hostOf(bookedOn(federation, ServiceKind.STORAGE, id).getFirst());

        // When
        for (String host : List.of(compute, storage)) {
            Person.Answer said = federation
                    .operator()
                    .put(SITE, ServiceKind.PLACEMENT, maintenance(host) + "/power", window(start, start.plus(HOUR)));
            assertThat(said.status()).as(said.body().toString()).isEqualTo(200);
        }

        // Then
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(bookedOn(federation, ServiceKind.PLACEMENT, id))
                    .isNotEmpty()
                    .doesNotContain(compute);
            assertThat(bookedOn(federation, ServiceKind.STORAGE, id))
                    .isNotEmpty()
                    .extracting(MaintenanceST::hostOf)
                    .doesNotContain(storage);
        });
        for (ServiceKind participant : Outside.PARTICIPANTS) {
            await().atMost(SOON).untilAsserted(() -> {
                JsonNode known = federation
                        .operator()
                        .get(SITE, participant, maintenance(compute))
                        .body();
                assertThat(known.at("/windows/0/name").asText())
                        .as(participant + ": " + known)
                        .isEqualTo("power");
                assertThat(known.get("displaced"))
                        .as(participant + ": " + known)
                        .isEmpty();
            });
        }

        // When: it begins at once
        Person.Answer changed = federation.alice().change(MASTER, id, "{\"window\": {\"start\": \"now\"}}");
        assertThat(changed.status()).as(changed.body().toString()).isEqualTo(202);

        // Then
        JsonNode active = federation.awaitState(id, "ACTIVE");
        assertThat(names(active)).isEqualTo(names(scheduled)).isNotEmpty();
        Hosts hosts = federation.hosts(SITE);
        assertThat(hosts.things()).extracting(Hosts.Thing::host).doesNotContain(compute, storage);
        Outside.assertBookingsAreLawful(federation.stack());

        for (String host : List.of(compute, storage)) {
            Person.Answer said =
                    federation.operator().delete(SITE, ServiceKind.PLACEMENT, maintenance(host) + "/power");
            assertThat(said.status()).isEqualTo(204);
        }
        federation.cancel(id);
        federation.awaitState(id, "ENDED");
        federation.assertNothingIsLeft();
    }

    private static List<String> names(JsonNode cluster) {
        return cluster.get("machines").findValuesAsText("name");
    }

    private static String maintenance(String host) {
        return "/api/v1/hosts/" + host + "/maintenance";
    }

    private static String window(Instant start, Instant end) {
        return "{\"start\": \"%s\", \"end\": \"%s\", \"reason\": \"new power supply\"}".formatted(start, end);
    }

    /** A pool of storage is a volume group of its host. */
    private static String hostOf(String pool) {
        return pool.split("/")[0];
    }

    private static List<String> bookedOn(Federation federation, ServiceKind participant, String id) throws Exception {
        JsonNode bookings =
                federation.operator().get(SITE, participant, "/api/v1/bookings").body();
        return StreamSupport.stream(bookings.spliterator(), false)
                .filter(booking -> booking.get("allocation").asText().startsWith(id))
                .map(booking -> booking.get("pool").asText())
                .toList();
    }
}

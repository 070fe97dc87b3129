package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FederationExtension.class)
class TwoSitesST {

    @Test
    void oneReservationBecomesOneClusterOverTwoSitesAndLeavesNothing(Federation federation) throws Exception {
        String id = federation.reserve(Requests.TWO_SITES);

        JsonNode cluster = federation.awaitState(id, "ACTIVE");
        assertThat(cluster.get("machines")).hasSize(25);
        assertThat(unique(cluster, "name")).hasSize(25);
        assertThat(unique(cluster, "ip")).hasSize(25);
        assertThat(unique(cluster, "mac")).hasSize(25);
        assertThat(unique(cluster, "site")).containsExactlyInAnyOrder("tokyo", "osaka");
        assertThat(unique(cluster, "phase")).containsExactly("READY");
        assertThat(cluster.get("segments")).hasSize(2);
        assertThat(cluster.get("links"))
                .hasSize(2)
                .allSatisfy(link -> assertThat(link.get("state").asText()).isEqualTo("READY"));
        assertThat(cluster.get("caches"))
                .hasSize(1)
                .allSatisfy(cache -> assertThat(cache.get("state").asText()).isEqualTo("READY"));
        // Each machine is a machine, a volume and a disk; beside them segments, links and the cache.
        int atLeast = 25 * 3 + 2 + 2 + 1;
        assertThat(federation.things("tokyo") + federation.things("osaka")).isGreaterThanOrEqualTo(atLeast);
        assertThat(Outside.desired(federation.stack(), "tokyo").size()
                        + Outside.desired(federation.stack(), "osaka").size())
                .isGreaterThanOrEqualTo(atLeast);
        Outside.assertLawful(federation.stack());

        federation.cancel(id);
        JsonNode over = federation.awaitState(id, "ENDED");
        assertThat(over.get("machines")).isEmpty();
        assertThat(over.get("segments")).isEmpty();
        federation.assertNothingIsLeft();
    }

    private static Set<String> unique(JsonNode cluster, String field) {
        Set<String> values = new HashSet<>();
        cluster.get("machines").forEach(machine -> values.add(machine.get(field).asText()));
        return values;
    }
}

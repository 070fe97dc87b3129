package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The cluster of {@link Requests#TWO_SITES} as it is to be once it is active, by every account. */
final class WholeCluster {

    private static final int MACHINES = 25;
    /** Each machine is a machine, a volume and a disk; beside them segments, links and the cache. */
    private static final int THINGS_AT_LEAST = MACHINES * 3 + 2 + 2 + 1;

    private WholeCluster() {}

    static void assertStands(Federation federation, String id) throws Exception {
        assertShown(federation.show(id));
        int running = 0;
        int things = 0;
        int desired = 0;
        for (String site : federation.sites()) {
            running += federation.hosts(site).running().size();
            things += federation.hosts(site).things().size();
            desired += Outside.desired(federation.stack(), site).size();
            for (ServiceKind participant : Outside.PARTICIPANTS) {
                // At the master no cache is needed.
                boolean needed = participant != ServiceKind.CACHE || !site.equals(Federation.MASTER);
                List<String> expected = needed ? List.of(id + "." + site) : List.of();
                String where = site + " " + participant;
                assertThat(federation.booked(site, participant)).as(where).isEqualTo(expected);
                assertThat(federation.leased(site, participant)).as(where).isEqualTo(expected);
            }
        }
        assertThat(running).as("machines that run").isEqualTo(MACHINES);
        assertThat(things).as("things on hosts").isGreaterThanOrEqualTo(THINGS_AT_LEAST);
        assertThat(desired).as("wanted on hosts").isGreaterThanOrEqualTo(THINGS_AT_LEAST);
        Outside.assertBookingsAreLawful(federation.stack());
    }

    private static void assertShown(JsonNode cluster) {
        assertThat(cluster.get("state").asText()).isEqualTo("ACTIVE");
        assertThat(cluster.get("machines")).hasSize(MACHINES);
        assertThat(unique(cluster, "name")).hasSize(MACHINES);
        assertThat(unique(cluster, "ip")).hasSize(MACHINES);
        assertThat(unique(cluster, "mac")).hasSize(MACHINES);
        assertThat(unique(cluster, "site")).containsExactlyInAnyOrder("tokyo", "osaka");
        assertThat(unique(cluster, "phase")).containsExactly("READY");
        assertThat(cluster.get("segments")).hasSize(2);
        assertThat(cluster.get("links"))
                .hasSize(2)
                .allSatisfy(link -> assertThat(link.get("state").asText()).isEqualTo("READY"));
        assertThat(cluster.get("caches"))
                .hasSize(1)
                .allSatisfy(cache -> assertThat(cache.get("state").asText()).isEqualTo("READY"));
    }

    private static Set<String> unique(JsonNode cluster, String field) {
        Set<String> values = new HashSet<>();
        cluster.get("machines").forEach(machine -> values.add(machine.get(field).asText()));
        return values;
    }
}

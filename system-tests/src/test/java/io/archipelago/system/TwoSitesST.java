package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.RunningStack;
import io.archipelago.local.ServiceKind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FederationExtension.class)
class TwoSitesST {

    @Test
    void oneReservationBecomesOneClusterOverTwoSitesAndLeavesNothing(Federation federation) throws Exception {
        String id = federation.reserve(Requests.TWO_SITES);

        federation.awaitState(id, "ACTIVE");
        WholeCluster.assertStands(federation, id);
        ChapSecrets.assertSecret(federation.stack());
        assertKnowHowFarTheyAre(federation.stack());

        federation.cancel(id);
        JsonNode over = federation.awaitState(id, "ENDED");
        assertThat(over.get("machines")).isEmpty();
        assertThat(over.get("segments")).isEmpty();
        federation.assertNothingIsLeft();

        federation.cancel(id);
        assertThat(federation.show(id)).as("after it was given up once more").isEqualTo(over);
    }

    /** For those who want to be near: each site's placement has heard from the link that was opened. */
    private static void assertKnowHowFarTheyAre(RunningStack stack) {
        Map<String, String> peers = Map.of("tokyo", "osaka", "osaka", "tokyo");
        peers.forEach((site, peer) -> await().atMost(Federation.SOON)
                .untilAsserted(() -> assertThat(stack.query(
                                site, ServiceKind.PLACEMENT, "select site || ' ' || round_trip_millis from peer_path"))
                        .containsExactly(peer + " 8")));
    }
}

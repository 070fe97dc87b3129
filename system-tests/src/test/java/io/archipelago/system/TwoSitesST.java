package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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

        federation.cancel(id);
        JsonNode over = federation.awaitState(id, "ENDED");
        assertThat(over.get("machines")).isEmpty();
        assertThat(over.get("segments")).isEmpty();
        federation.assertNothingIsLeft();

        federation.cancel(id);
        assertThat(federation.show(id)).as("after it was given up once more").isEqualTo(over);
    }
}

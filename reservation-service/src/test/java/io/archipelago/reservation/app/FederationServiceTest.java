package io.archipelago.reservation.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.LinkDriver;
import java.util.List;
import org.junit.jupiter.api.Test;

class FederationServiceTest {

    private static final SiteId OSAKA = new SiteId("osaka");

    @Test
    void believesASiteOnlyUnderItsOwnNameAndNumber() {
        assertThat(FederationService.speaksForItself(facts("osaka", 2), OSAKA, 2))
                .isTrue();
        assertThat(FederationService.speaksForItself(facts("tokyo", 2), OSAKA, 2))
                .isFalse();
        assertThat(FederationService.speaksForItself(facts("osaka", 1), OSAKA, 2))
                .isFalse();
        assertThat(FederationService.speaksForItself(facts("osaka", 2), OSAKA, null))
                .isFalse();
    }

    private static Facts.Shared facts(String site, int number) {
        return new Facts.Shared(
                new SiteId(site),
                number,
                3,
                205,
                new Facts.Endpoint(
                        "203.0.113.2", 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                1400);
    }
}

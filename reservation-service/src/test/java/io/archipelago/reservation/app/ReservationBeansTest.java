package io.archipelago.reservation.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.reservation.FederationConfig;
import io.archipelago.reservation.domain.Sites;
import io.archipelago.testkit.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReservationBeansTest {

    private static final SiteId TOKYO = new SiteId("tokyo");

    @Test
    void knowsEverySiteByANumberOfItsOwn() {
        assertThat(sites(1, Map.of("osaka", 2, "nagoya", 255)).numbers())
                .isEqualTo(Map.of(TOKYO, 1, new SiteId("osaka"), 2, new SiteId("nagoya"), 255));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 256, 300})
    void refusesANumberOutOfRangeAndNamesItsKey(int number) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sites(number, Map.of()))
                .withMessage("federation.own.number is " + number + "; a site's number is 1 to 255");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sites(1, Map.of("osaka", number)))
                .withMessage("federation.peers.osaka.number is " + number + "; a site's number is 1 to 255");
    }

    @Test
    void refusesANumberThatTwoSitesHaveAndNamesBothKeys() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sites(1, Map.of("osaka", 2, "nagoya", 2)))
                .withMessage(
                        "federation.peers.osaka.number is 2, and so is federation.peers.nagoya.number; every site has a"
                                + " number of its own");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sites(2, Map.of("osaka", 2)))
                .withMessageContaining("federation.own.number");
    }

    @Test
    void refusesItselfAsAPeer() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sites(1, Map.of("tokyo", 2)))
                .withMessage("federation.peers.tokyo.number names this site itself as a peer");
    }

    @Test
    void refusesALimitBelowNothingAndNamesItsKey() {
        Map<String, String> set =
                new HashMap<>(Map.of("federation.own.number", "1", "federation.own.bootstrap-servers", "here:9092"));
        set.put("federation.limits.machines", "-1");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReservationBeans.sites(TOKYO, Settings.of(FederationConfig.class, set)))
                .withMessage("federation.limits.machines is 0 or more, not -1");
    }

    private static Sites sites(int own, Map<String, Integer> peers) {
        Map<String, String> set = new HashMap<>(Map.of(
                "federation.own.number", Integer.toString(own), "federation.own.bootstrap-servers", "here:9092"));
        peers.forEach((peer, number) -> {
            set.put("federation.peers." + peer + ".number", Integer.toString(number));
            set.put("federation.peers." + peer + ".bootstrap-servers", "there:9092");
        });
        return ReservationBeans.sites(TOKYO, Settings.of(FederationConfig.class, set));
    }
}

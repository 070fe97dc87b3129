package io.archipelago.network.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.contracts.Ids.SiteId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WanTest {

    private static final SiteId OSAKA = new SiteId("osaka");

    @Test
    void needsNoLimitWhereNothingIsPromised() {
        assertThat(new Wan(Map.of(), 0).pools()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|1|network.wan.osaka.bandwidth is 1 bit per second or more, not 0",
                "1000|0|network.link.bandwidth is from 1 to network.wan.osaka.bandwidth, 1000, not 0",
                "1000|1001|network.link.bandwidth is from 1 to network.wan.osaka.bandwidth, 1000, not 1001"
            })
    void isRefusedWhereALinkCouldTakeWhatOthersWerePromised(long peer, long otherwise, String why) {
        assertThatThrownBy(() -> new Wan(Map.of(OSAKA, peer), otherwise))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(why);
    }
}

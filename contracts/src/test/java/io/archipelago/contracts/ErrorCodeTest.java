package io.archipelago.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode.Category;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {

    @Test
    void hasAStableLowerCaseName() {
        assertThat(ErrorCode.NO_CAPACITY.wireName()).isEqualTo("no-capacity");
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::wireName)).allMatch(n -> n.matches("[a-z-]+"));
    }

    @Test
    void isWorthTryingAgainUnlessOnlyTheCallerCanMendIt() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(code.retryable()).as(code.name()).isEqualTo(code.category() != Category.USER);
        }
    }

    @Test
    void letsTheCacheFollowTheNetworkAndNobodyElseFollowAnyone() {
        for (Participant participant : Participant.values()) {
            assertThat(participant.after().isPresent()).isEqualTo(participant == Participant.CACHE);
        }
        assertThat(Participant.CACHE.after()).contains(Participant.NETWORK);
        assertThat(Participant.CACHE.service()).isEqualTo("cache");
    }
}

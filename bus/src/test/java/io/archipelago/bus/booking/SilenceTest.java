package io.archipelago.bus.booking;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SilenceTest {

    private static final Instant NINE = Instant.parse("2026-12-01T09:00:00.25Z");
    private static final Pool SPEAKS = new Pool("a", Amounts.NONE, null, true, Map.of("rack", "1"));
    private static final Pool LOST = new Pool("b", Amounts.NONE, null, false, Map.of()).silentSince(NINE);
    private static final Pool SUSPECT = SPEAKS.silentSince(NINE.plusSeconds(40));
    private static final Pool BARRED = new Pool("c", Amounts.NONE, null, false, Map.of());

    @Test
    void saysNothingOfHostsThatSpeak() {
        assertThat(Silence.of(List.of(SPEAKS, SPEAKS), "hosts")).isEmpty();
    }

    @Test
    void saysSinceWhenTheFirstOfThemIsSilent() {
        assertThat(Silence.of(List.of(SUSPECT, SPEAKS, LOST), "storage hosts"))
                .isEqualTo("; 2 of 3 storage hosts silent since 2026-12-01T09:00:00Z");
    }

    @Test
    void saysHowManyAreBarred() {
        assertThat(Silence.of(List.of(LOST, BARRED), "gateways"))
                .isEqualTo("; 1 of 2 gateways silent since 2026-12-01T09:00:00Z; 1 of 2 gateways not yet clean");
    }

    @Test
    void keepsTheLabelsOfASilentPool() {
        assertThat(SUSPECT.labels()).containsEntry("rack", "1");
        assertThat(SUSPECT.silentSince()).contains(NINE.plusSeconds(40));
        assertThat(SPEAKS.silentSince()).isEmpty();
    }
}

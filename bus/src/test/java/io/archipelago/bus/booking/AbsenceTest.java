package io.archipelago.bus.booking;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AbsenceTest {

    private static final Instant NINE = Instant.parse("2026-12-01T09:00:00.25Z");
    private static final TimeWindow WINDOW = new TimeWindow(NINE, NINE.plusSeconds(60));
    private static final Pool SPEAKS = new Pool("a", Amounts.NONE, null, true, Map.of("rack", "1"));
    private static final Pool LOST = new Pool("b", Amounts.NONE, null, false, Map.of()).silentSince(NINE);
    private static final Pool SUSPECT = SPEAKS.silentSince(NINE.plusSeconds(40));
    private static final Pool BARRED = new Pool("c", Amounts.NONE, null, false, Map.of());

    @Test
    void saysNothingOfHostsThatSpeak() {
        assertThat(Absence.of(List.of(SPEAKS, SPEAKS), "hosts", WINDOW)).isEmpty();
    }

    @Test
    void saysSinceWhenTheFirstOfThemIsSilent() {
        assertThat(Absence.of(List.of(SUSPECT, SPEAKS, LOST), "storage hosts", WINDOW))
                .isEqualTo("; 2 of 3 storage hosts silent since 2026-12-01T09:00:00Z");
    }

    @Test
    void saysHowManyAreBarred() {
        assertThat(Absence.of(List.of(LOST, BARRED), "gateways", WINDOW))
                .isEqualTo("; 1 of 2 gateways silent since 2026-12-01T09:00:00Z; 1 of 2 gateways not yet clean");
    }

    @Test
    void saysHowManyAreMaintainedMeanwhile() {
        // Given
        TimeWindow before = new TimeWindow(NINE.minusSeconds(60), NINE);
        TimeWindow at = new TimeWindow(NINE.plusSeconds(59), NINE.plusSeconds(90));

        // Then
        assertThat(Absence.of(List.of(SPEAKS, SPEAKS.closedAt(List.of(before))), "hosts", WINDOW))
                .isEmpty();
        assertThat(Absence.of(List.of(SPEAKS, SPEAKS.closedAt(List.of(at, before))), "hosts", WINDOW))
                .isEqualTo("; 1 of 2 hosts maintained at some time of the window");
    }

    @Test
    void keepsTheLabelsOfASilentPool() {
        assertThat(SUSPECT.labels()).containsEntry("rack", "1");
        assertThat(SUSPECT.silentSince()).contains(NINE.plusSeconds(40));
        assertThat(SPEAKS.silentSince()).isEmpty();
    }
}

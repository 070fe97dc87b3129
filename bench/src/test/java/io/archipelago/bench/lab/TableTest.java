package io.archipelago.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TableTest {

    private final Table table = new Table("WAN of 20 ms", "Mbit/s", "ms");

    @Test
    void showsMediansAndHowManyTimesTheFirstRowsTheyAre() {
        // Given
        table.row("the WAN itself", 1);
        table.row("VXLAN", 0.97);
        table.take("VXLAN", 50, 5.234);
        table.take("the WAN itself", 100, 20);
        table.take("the WAN itself", 90, 19.8);
        table.take("the WAN itself", 400, 21);
        table.take("VXLAN", 60, 26);

        // Then
        assertThat(String.join("\n", table.lines())).isEqualTo("""
                WAN of 20 ms                              Mbit/s (least - most)   times          ms (least - most)   times   at best
                  the WAN itself                           100.0 (90.0 - 400.0)    1.00        20.0 (19.8 - 21.0)     1.00      1.00
                  VXLAN                                     55.0 (50.0 - 60.0)     0.55        15.6 (5.23 - 26.0)     0.78      0.97""");
    }

    @Test
    void saysNothingOfLimitsThatNobodyKnows() {
        table.row("the disk");
        table.take("the disk", 100, 20);

        assertThat(String.join("\n", table.lines())).isEqualTo("""
                WAN of 20 ms                              Mbit/s (least - most)   times          ms (least - most)   times
                  the disk                                 100.0 (100.0 - 100.0)   1.00        20.0 (20.0 - 20.0)     1.00""");
    }

    @Test
    void takesNothingThatHasNoRow() {
        table.row("the WAN itself", 1);

        assertThatIllegalArgumentException().isThrownBy(() -> table.take("VXLAN", 1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> table.take("the WAN itself", 1));
    }
}

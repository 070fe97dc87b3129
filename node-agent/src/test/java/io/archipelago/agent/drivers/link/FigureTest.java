package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A figure is told when it is worth it. */
class FigureTest {

    private final Figure figure = new Figure();

    @Test
    void isNotKnownBeforeItWasMeasured() {
        assertThat(figure.isKnown()).isFalse();
    }

    @Test
    void staysWhenItChangesLittle() {
        figure.take(20.3);
        figure.take(24.9);

        assertThat(figure.text()).isEqualTo("20");
    }

    @Test
    void isToldWhenItChangesMuch() {
        figure.take(20.3);
        figure.take(31);

        assertThat(figure.text()).isEqualTo("31");
    }

    @Test
    void hasADecimalPlaceWhenItIsSmall() {
        figure.take(0.24);
        figure.take(0.96);

        assertThat(figure.text()).isEqualTo("0.2");
    }
}

package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WanCommandTest {

    private static final Wan.State BEFORE = new Wan.State(Duration.ofMillis(20), 0, 0, false);

    @Test
    void readsWhatStandsInTheHelp() {
        Wan.State state = changed("--latency", "20ms", "--rate", "160mbit", "--loss", "0.1%", "--cut");

        assertThat(state).isEqualTo(new Wan.State(Duration.ofMillis(20), 160_000_000, 0.1, true));
    }

    @Test
    void whatIsNotNamedStaysAsItIs() {
        Wan.State cut = new Wan.State(Duration.ofMillis(7), 1_000_000, 0.5, true);

        assertThat(WanCommand.changed(cut, List.of("--latency", "500us")))
                .isEqualTo(new Wan.State(Duration.ofNanos(500_000), 1_000_000, 0.5, true));
        assertThat(WanCommand.changed(cut, List.of("--rate", "unlimited", "--mend")))
                .isEqualTo(new Wan.State(Duration.ofMillis(7), 0, 0.5, false));
        assertThat(WanCommand.changed(cut, List.of())).isEqualTo(cut);
    }

    @Test
    void unitsMayBeInCapitalsAndValuesBroken() {
        assertThat(changed("--rate", "1.5GBIT").bitsPerSecond()).isEqualTo(1_500_000_000);
        assertThat(changed("--latency", "0.25s").latency()).isEqualTo(Duration.ofMillis(250));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--latency 20",
                "--latency -1ms",
                "--latency 11s",
                "--rate fast",
                "--rate 10",
                "--loss 1",
                "--loss 101%",
                "--loss",
                "--delay 1ms"
            })
    void refusesWhatItDoesNotUnderstand(String arguments) {
        assertThatThrownBy(() -> changed(arguments.split(" "))).isInstanceOf(IllegalArgumentException.class);
    }

    private static Wan.State changed(String... arguments) {
        return WanCommand.changed(BEFORE, List.of(arguments));
    }
}

package io.archipelago.lab;

import io.archipelago.local.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The network between the sites, as it is set; it stays so when its host loses its power. */
public final class Wan {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int DIRECTIONS = 2;

    private final LabHost host;

    Wan(LabHost host) {
        this.host = host;
    }

    /**
     * How it is.
     *
     * @param latency of the round trip: each direction has half of it; 0 to 10 s
     * @param bitsPerSecond in each direction; 0: not limited
     * @param lossPercent of the packets of each direction; 0 to 100
     * @param cut whether nothing passes
     */
    public record State(Duration latency, long bitsPerSecond, double lossPercent, boolean cut) {

        private static final Duration MOST = Duration.ofSeconds(10);

        static final State INITIAL = new State(Duration.ofMillis(20), 0, 0, false);

        public State {
            if (latency.isNegative() || latency.compareTo(MOST) > 0) {
                throw new IllegalArgumentException("a latency is 0 to 10 s, not " + latency);
            }
            if (bitsPerSecond < 0) {
                throw new IllegalArgumentException("a rate is not negative: " + bitsPerSecond);
            }
            if (!(lossPercent >= 0 && lossPercent <= 100)) {
                throw new IllegalArgumentException("a loss is 0 to 100 %, not " + lossPercent);
            }
        }

        State withCut(boolean now) {
            return new State(latency, bitsPerSecond, lossPercent, now);
        }
    }

    /**
     * Changes how it is; whether it is cut stays.
     *
     * @see State
     */
    public void set(Duration latency, long bitsPerSecond, double lossPercent) throws IOException {
        apply(new State(latency, bitsPerSecond, lossPercent, state().cut()));
    }

    /** From now on nothing passes; the gateways' own interfaces stay up. */
    public void cut() throws IOException {
        apply(state().withCut(true));
    }

    public void mend() throws IOException {
        apply(state().withCut(false));
    }

    public State state() throws IOException {
        return Files.exists(file()) ? Stored.read(file()) : State.INITIAL;
    }

    /** After each boot of its host. */
    void apply() throws IOException {
        apply(state());
    }

    private void apply(State wanted) throws IOException {
        host.output(
                PATIENCE,
                "/lab/bin/wan",
                "set",
                "%dus".formatted(wanted.latency().toNanos() / 1000 / DIRECTIONS),
                wanted.bitsPerSecond() == 0 ? "-" : wanted.bitsPerSecond() + "bit",
                "%s%%".formatted(wanted.lossPercent()),
                wanted.cut() ? "down" : "up");
        Stored.write(file(), wanted);
    }

    private Path file() {
        return host.share().resolve("wan.json");
    }

    /** In units that JSON has. */
    private record Stored(long latencyMicros, long bitsPerSecond, double lossPercent, boolean cut) {

        static State read(Path file) throws IOException {
            Stored stored = JsonFiles.read(file, Stored.class);
            return new State(
                    Duration.ofNanos(1000 * stored.latencyMicros),
                    stored.bitsPerSecond,
                    stored.lossPercent,
                    stored.cut);
        }

        static void write(Path file, State state) throws IOException {
            JsonFiles.write(
                    file,
                    new Stored(
                            state.latency().toNanos() / 1000, state.bitsPerSecond(), state.lossPercent(), state.cut()));
        }
    }
}

package io.archipelago.agent;

import io.archipelago.agent.linux.ClockCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;

/**
 * How far the clock of this host is ahead of the broker's, from the times at which the broker wrote down what it was sent. Of the last
 * few messages the one that was answered quickest tells it best: it can be wrong by half the time that the answer took.
 *
 * <p>A topic that bears the times of its senders says back what it was told. A message that does so tells nothing.
 */
final class ClockOffset implements ClockCheck {

    private static final int KEPT = 8;
    private static final Duration TOO_LONG = Duration.ofSeconds(1);
    private static final long STEP_MILLIS = 10;

    private int saidBack;
    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(Duration roundTrip, Duration offset) {}

    /**
     * Takes note of a message.
     *
     * @param sent when it was sent, which is the time that it bears
     * @param written when the broker wrote it down, by the broker's clock
     * @param answered when the broker's answer came
     */
    synchronized void note(Instant sent, Instant written, Instant answered) {
        Duration roundTrip = Duration.between(sent, answered);
        if (roundTrip.isNegative()) {
            // The clock was set meanwhile: what was known before is of no use either.
            samples.clear();
            return;
        }
        // Now and then both clocks show the same; always they do so only where the topic has the sender's time.
        saidBack = written.toEpochMilli() == sent.toEpochMilli() ? saidBack + 1 : 0;
        if (saidBack > 0 && samples.isEmpty()) {
            return;
        }
        if (roundTrip.compareTo(TOO_LONG) > 0) {
            // It waited for the broker to come back, and tells nothing.
            return;
        }
        if (samples.size() == KEPT) {
            samples.removeFirst();
        }
        samples.addLast(new Sample(roundTrip, Duration.between(written, sent.plus(roundTrip.dividedBy(2)))));
    }

    @Override
    public synchronized boolean isBlind() {
        return samples.isEmpty() && saidBack >= KEPT;
    }

    /** The offset to 10 ms, so that it is the same as long as nothing changed; negative: this host is behind. Nothing before it is known. */
    @Override
    public synchronized Optional<Duration> offset() {
        return samples.stream()
                .min(Comparator.comparing(Sample::roundTrip))
                .map(best ->
                        Duration.ofMillis(Math.round((double) best.offset().toMillis() / STEP_MILLIS) * STEP_MILLIS));
    }
}

package io.archipelago.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Asks again while a site is silent: a killed service is back in seconds, and the cluster does not mind. Only for
 * questions that do no harm when they arrive twice.
 */
final class Patience {
    /**
     * Longer than any restart; a site that stays silent for longer is down. Shorter than {@code reservation.start-tolerance}: a start of
     * {@code now} was made an instant before the first attempt, and is not to be refused as past after the last one.
     */
    static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int LOST_ANSWERS = 3;

    private final Environment environment;
    private boolean complained;

    Patience(Environment environment) {
        this.environment = environment;
    }

    /** Bears a site that is away altogether, but not beyond the deadline. */
    <T> T untilAnswered(Supplier<T> question, Instant deadline) {
        Instant limit = earlier(deadline, environment.clock().instant().plus(LONGEST_SILENCE));
        return ask(
                question,
                failure -> environment.clock().instant().isBefore(limit)
                        && (failure.isPassing() || failure.exitCode() == ExitCode.UNREACHABLE));
    }

    /** Bears a lost answer, but not a site that is not there. */
    <T> T afterLostAnswer(Supplier<T> question) {
        int[] lost = {0};
        return ask(question, failure -> failure.isPassing() && ++lost[0] < LOST_ANSWERS);
    }

    private <T> T ask(Supplier<T> question, Predicate<Failure> bearable) {
        while (true) {
            try {
                T answer = question.get();
                complained = false;
                return answer;
            } catch (Failure failure) {
                if (!bearable.test(failure)) {
                    throw failure;
                }
                complainOnce(failure);
                environment.sleep(PAUSE);
            }
        }
    }

    private void complainOnce(Failure failure) {
        if (!complained) {
            environment.console().err().println("vc: " + failure.text() + " Asking again.");
            complained = true;
        }
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}

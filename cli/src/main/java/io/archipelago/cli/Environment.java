package io.archipelago.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** Everything a command takes from its surroundings, so that a test can bring its own. */
record Environment(Map<String, String> variables, Path directory, Clock clock, Pause pause, Console console) {

    /** Lets time pass between two questions. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration duration) throws InterruptedException;
    }

    static Environment ofProcess() {
        Map<String, String> variables = System.getenv();
        return new Environment(variables, Path.of(""), Clock.systemUTC(), Thread::sleep, Console.ofProcess(variables));
    }

    void sleep(Duration duration) {
        try {
            pause.sleep(duration);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failure.of(ExitCode.FAULT, "Interrupted.");
        }
    }
}

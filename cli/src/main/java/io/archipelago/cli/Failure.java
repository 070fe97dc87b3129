package io.archipelago.cli;

import java.util.ArrayList;
import java.util.List;

/** Ends a command: one sentence for the user, further lines beneath it, and the exit code. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final transient List<String> details;
    private final boolean passing;

    private Failure(ExitCode exitCode, String message, List<String> details, boolean passing) {
        super(message);
        this.exitCode = exitCode;
        this.details = List.copyOf(details);
        this.passing = passing;
    }

    static Failure of(ExitCode exitCode, String message, String... details) {
        return new Failure(exitCode, message, List.of(details), false);
    }

    static Failure of(ExitCode exitCode, String message, List<String> details) {
        return new Failure(exitCode, message, details, false);
    }

    /** The answer was lost or the site is busy with itself: the same question may be answered in a moment. */
    static Failure passing(ExitCode exitCode, String message, List<String> details) {
        return new Failure(exitCode, message, details, true);
    }

    Failure withDetail(String detail) {
        var more = new ArrayList<>(details);
        more.add(detail);
        return new Failure(exitCode, text(), more, passing);
    }

    String text() {
        return String.valueOf(getMessage());
    }

    ExitCode exitCode() {
        return exitCode;
    }

    List<String> details() {
        return details;
    }

    boolean isPassing() {
        return passing;
    }
}

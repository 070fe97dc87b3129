package io.archipelago.cli;

/** What a script can rely on. The numbers never change; a new outcome gets a new number. */
enum ExitCode {
    OK(0, "done"),
    FAULT(1, "something broke, here or at the site"),
    USAGE(2, "wrong usage, or the file is not accepted"),
    REFUSED(
            3,
            "the site says no: the state is REFUSED, the request does not fit the present state, or it is more than your tenant may have"),
    NOT_FOUND(4, "no such reservation"),
    FORBIDDEN(5, "not signed on, or not allowed"),
    TIMEOUT(6, "not reached within --timeout; it goes on without this command"),
    UNREACHABLE(7, "no site answers");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    String meaning() {
        return meaning;
    }
}

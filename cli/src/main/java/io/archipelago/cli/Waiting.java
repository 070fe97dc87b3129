package io.archipelago.cli;

import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What {@code --wait} waits for, and what came of it. */
final class Waiting {
    private final RootCommand root;
    private final ReservationClient client;

    /** @param exitCode OK if it is as wished */
    record Outcome(Reservation reservation, ExitCode exitCode) {}

    Waiting(RootCommand root, ReservationClient client) {
        this.root = root;
        this.client = client;
    }

    /** Waits until it runs, if it starts before the deadline; a start beyond it is as good as promised once scheduled. */
    Outcome untilUp(Reservation reservation, Instant deadline, Consumer<Reservation> changed) {
        Predicate<Reservation> up =
                seen -> startsBefore(seen, deadline) ? seen.is("ACTIVE") : seen.isScheduledOrBeyond();
        Predicate<Reservation> over = seen -> seen.isLeaving() && !seen.awaitsOffers();
        Reservation last = follow(reservation, deadline, up.or(over), changed);
        if (up.test(last)) {
            return new Outcome(last, ExitCode.OK);
        }
        if (last.is("REFUSED")) {
            return new Outcome(last, ExitCode.REFUSED);
        }
        return new Outcome(last, last.isLeaving() ? ExitCode.FAULT : ExitCode.TIMEOUT);
    }

    /** Waits until it runs, tells how it comes along, and prints what came of it; the exit code. */
    int untilUp(Reservation reservation, Instant deadline) {
        var progress = new Progress(
                root.console().err(), root.console(), root.environment().clock());
        Outcome outcome = untilUp(reservation, deadline, progress::show);
        root.output().print(outcome.reservation());
        return explained(outcome, root.console());
    }

    /** Waits until it is what was asked for, or can not be. */
    Outcome untilChanged(Reservation reservation, Instant deadline, Consumer<Reservation> changed) {
        Reservation last = follow(reservation, deadline, seen -> !seen.isChanging() || seen.isLeaving(), changed);
        if (last.isChanging()) {
            return new Outcome(last, ExitCode.TIMEOUT);
        }
        return new Outcome(
                last, last.changeIsRefused() ? ExitCode.REFUSED : last.isLeaving() ? ExitCode.FAULT : ExitCode.OK);
    }

    Outcome untilGone(Reservation reservation, Instant deadline, Consumer<Reservation> changed) {
        Reservation last = follow(reservation, deadline, Reservation::isTerminal, changed);
        return new Outcome(last, last.isTerminal() ? ExitCode.OK : ExitCode.TIMEOUT);
    }

    /** Says on standard error why the wish did not come true, so that it is not hidden in a long table. */
    static int explained(Outcome outcome, Console console) {
        Reservation reservation = outcome.reservation();
        switch (outcome.exitCode()) {
            case OK -> {}
            case REFUSED ->
                console.err()
                        .println(
                                reservation.changeIsRefused()
                                        ? "vc: It can not be changed like that and is as it was; its change says why."
                                        : "vc: The reservation is REFUSED; its problems say why."
                                                + (reservation.hasOpenOffers()
                                                        ? " Take an offer: ./vc accept " + reservation.id() + " NUMBER"
                                                        : ""));
            case TIMEOUT ->
                console.err()
                        .println("vc: Not there yet, it is " + reservation.state()
                                + ". It goes on without this command: ./vc watch " + reservation.id());
            default -> console.err().println("vc: It did not become ACTIVE, it is " + reservation.state() + ".");
        }
        return outcome.exitCode().number();
    }

    private Reservation follow(
            Reservation reservation, Instant deadline, Predicate<Reservation> wished, Consumer<Reservation> changed) {
        return new Follower(client, root.environment()).follow(reservation, deadline, wished, changed);
    }

    private static boolean startsBefore(Reservation reservation, Instant deadline) {
        return reservation.start().map(start -> start.isBefore(deadline)).orElse(true);
    }
}

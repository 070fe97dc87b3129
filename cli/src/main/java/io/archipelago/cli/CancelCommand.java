package io.archipelago.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "cancel", description = "Give a reservation back, before or during its window.")
final class CancelCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(paramLabel = "ID", description = "The reservation's id.")
    private String id = "";

    @Option(names = "--wait", description = "Return when nothing of it is left on any host.")
    private boolean wait;

    CancelCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        String checked = RootCommand.checkedId(id);
        ReservationClient client = root.connect();
        Instant deadline = root.waitDeadline();
        Reservation reservation = root.patience().afterLostAnswer(() -> client.cancel(checked));
        if (!wait) {
            root.output().print(reservation);
            return ExitCode.OK.number();
        }
        var progress = new Progress(
                root.console().err(), root.console(), root.environment().clock());
        Waiting.Outcome outcome = new Waiting(root, client).untilGone(reservation, deadline, progress::show);
        root.output().print(outcome.reservation());
        return Waiting.explained(outcome, root.console());
    }
}

package io.archipelago.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "accept", description = "Take what is offered instead of a reservation that was refused.")
final class AcceptCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(index = "0", paramLabel = "ID", description = "The id of the reservation that was refused.")
    private String id = "";

    @Parameters(index = "1", paramLabel = "NUMBER", description = "The offer's number, as ./vc show ID lists them.")
    private int number;

    @Option(
            names = "--wait",
            description =
                    "Return when the cluster is ACTIVE if it starts before the timeout, else when it is SCHEDULED.")
    private boolean wait;

    AcceptCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        String checked = RootCommand.checkedId(id);
        ReservationClient client = root.connect();
        Instant deadline = root.waitDeadline();
        Reservation accepted = root.patience().afterLostAnswer(() -> client.accept(checked, number));
        if (!wait) {
            root.output().print(accepted);
            return ExitCode.OK.number();
        }
        return new Waiting(root, client).untilUp(accepted, deadline);
    }
}

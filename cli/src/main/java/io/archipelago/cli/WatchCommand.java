package io.archipelago.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "watch", description = "Print each change of a reservation until it is over.")
final class WatchCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(paramLabel = "ID", description = "The reservation's id.")
    private String id = "";

    WatchCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        String checked = RootCommand.checkedId(id);
        Environment environment = root.environment();
        ReservationClient client = root.connect();
        Output output = root.output();
        var progress = new Progress(root.console().out(), root.console(), environment.clock());
        Reservation last = new Watcher(client, environment)
                .watch(checked, root.watchDeadline(), changed -> output.printChange(changed, progress));
        ExitCode exitCode = last.is("REFUSED") ? ExitCode.REFUSED : last.isTerminal() ? ExitCode.OK : ExitCode.TIMEOUT;
        return Waiting.explained(new Waiting.Outcome(last, exitCode), root.console());
    }
}

package io.archipelago.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Show everything about one reservation.")
final class ShowCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(paramLabel = "ID", description = "The reservation's id.")
    private String id = "";

    ShowCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        String checked = RootCommand.checkedId(id);
        root.output().print(root.connect().show(checked));
        return ExitCode.OK.number();
    }
}

package io.archipelago.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "list", description = "List your reservations.")
final class ListCommand implements Callable<Integer> {
    private final RootCommand root;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "200", description = "At most so many (default 200).")
    private int limit = 200;

    ListCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw Failure.of(ExitCode.USAGE, "--limit must be 1 or more.");
        }
        ReservationClient.Listing listing = root.connect().list(limit);
        root.output().print(listing);
        if (listing.more()) {
            root.console().err().println("vc: There are more than " + limit + "; --limit shows more.");
        }
        return ExitCode.OK.number();
    }
}

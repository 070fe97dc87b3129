package io.archipelago.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "preview",
        description = "Ask whether the cluster that FILE describes could be had. Nothing is reserved.")
final class PreviewCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final RootCommand root;

    @Parameters(paramLabel = "FILE", description = "A reservation in YAML, or in JSON if it ends in .json.")
    private String file = "";

    PreviewCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Environment environment = root.environment();
        var request = ReservationFile.read(environment.directory(), file);
        if (request.repeats()) {
            throw Failure.of(ExitCode.USAGE, "preview asks about one window, and " + request.source() + " repeats.");
        }
        ReservationClient client = root.connect();
        Instant deadline = root.waitDeadline();
        var body = request.bodyAt(environment.clock().instant());
        Preview seen = root.patience().afterLostAnswer(() -> client.preview(body, request::whereabouts));
        while (seen.isPending() && environment.clock().instant().isBefore(deadline)) {
            environment.sleep(PAUSE);
            String id = seen.id();
            seen = root.patience().untilAnswered(() -> client.preview(id), deadline);
        }
        root.output().print(seen);
        if (seen.isPending()) {
            root.console().err().println("vc: Not all sites have answered yet.");
            return ExitCode.TIMEOUT.number();
        }
        return (seen.fits() ? ExitCode.OK : ExitCode.REFUSED).number();
    }
}

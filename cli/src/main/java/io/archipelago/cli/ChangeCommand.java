package io.archipelago.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "change",
        description =
                "Have a cluster with more or fewer machines, or for another time. What is not given stays as it is.")
final class ChangeCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(paramLabel = "ID", description = "The reservation's id.")
    private String id = "";

    @Option(names = "--machines", paramLabel = "COUNT", description = "How many compute machines it has at all sites.")
    private @Nullable Integer machines;

    @Option(
            names = "--leaving",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Compute machines that go, by their host names. Others come in their place if --machines says so.")
    private List<String> leaving = List.of();

    @Option(
            names = "--start",
            paramLabel = "INSTANT",
            description = "When it starts: an instant with an offset, or +PT30M.")
    private @Nullable String start;

    @Option(
            names = "--end",
            paramLabel = "INSTANT",
            description = "When it ends: an instant with an offset, or +PT30M.")
    private @Nullable String end;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "How long it lasts, such as PT4H, instead of --end.")
    private @Nullable String duration;

    @Option(names = "--wait", description = "Return when it is so, or one of its sites has refused.")
    private boolean wait;

    ChangeCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        String checked = RootCommand.checkedId(id);
        ObjectNode body = body();
        if (body.isEmpty()) {
            throw Failure.of(
                    ExitCode.USAGE,
                    "Say what is to be otherwise: --machines, --leaving, --start, --end or --duration.");
        }
        ReservationClient client = root.connect();
        Instant deadline = root.waitDeadline();
        Reservation seen = client.show(checked);
        Reservation asked = client.change(seen, body);
        if (!wait) {
            root.output().print(asked);
            return ExitCode.OK.number();
        }
        var progress = new Progress(
                root.console().err(), root.console(), root.environment().clock());
        Waiting.Outcome outcome = new Waiting(root, client).untilChanged(asked, deadline, progress::show);
        root.output().print(outcome.reservation());
        return Waiting.explained(outcome, root.console());
    }

    private ObjectNode body() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (machines != null) {
            body.putObject("machines").putObject("compute").put("count", machines);
        }
        if (!leaving.isEmpty()) {
            leaving.forEach(body.putArray("leaving")::add);
        }
        ObjectNode window = JsonNodeFactory.instance.objectNode();
        put(window, "start", start);
        put(window, "end", end);
        put(window, "duration", duration);
        if (!window.isEmpty()) {
            body.set("window", window);
        }
        return body;
    }

    private static void put(ObjectNode window, String field, @Nullable String value) {
        if (value != null) {
            window.put(field, value);
        }
    }
}

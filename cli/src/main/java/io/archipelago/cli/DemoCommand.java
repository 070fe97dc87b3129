package io.archipelago.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The main job for a newcomer. The launcher has started the stack; services may still be coming up or be restarted. */
@Command(name = "demo", description = "Reserve a cluster over two sites and show how it comes up.")
final class DemoCommand implements Callable<Integer> {
    private static final String EXAMPLE = "examples/two-sites.yaml";
    /** Set by the launcher: the folder that holds the examples, wherever the user stands. */
    private static final String ROOT_VARIABLE = "VC_ROOT";

    private final RootCommand root;

    @Parameters(paramLabel = "FILE", arity = "0..1", description = "Another reservation than " + EXAMPLE + ".")
    private @Nullable String chosen;

    DemoCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Environment environment = root.environment();
        Console console = root.console();
        boolean forPeople = root.form() == Output.Form.table;
        PrintWriter story = forPeople ? console.out() : console.err();
        String file = chosen == null ? example(environment) : chosen;
        var request = ReservationFile.read(environment.directory(), file);
        ReservationClient client = root.connect();
        story.println("Reserving " + file + " at " + client.endpoints().site() + " as "
                + client.endpoints().user() + ".");
        var progress = new Progress(story, console, environment.clock());
        Instant deadline = root.waitDeadline();
        var body = request.bodyAt(environment.clock().instant());
        String key = UUID.randomUUID().toString();
        Reservation reservation =
                root.patience().untilAnswered(() -> client.reserve(body, key, request::whereabouts), deadline);
        story.println("It is reservation " + reservation.id() + ".");
        Waiting.Outcome outcome = new Waiting(root, client).untilUp(reservation, deadline, progress::show);
        story.println();
        root.output().print(outcome.reservation());
        if (forPeople && !outcome.reservation().isTerminal()) {
            whatNext(story, reservation.id());
        }
        return Waiting.explained(outcome, console);
    }

    private static String example(Environment environment) {
        return Path.of(environment.variables().getOrDefault(ROOT_VARIABLE, ""), EXAMPLE)
                .toString();
    }

    private static void whatNext(PrintWriter story, String id) {
        story.println();
        story.println("What to type next:");
        story.println("  ./vc show " + id + "            the cluster as it is now");
        story.println("  ./vc cancel " + id + " --wait   give it back; then ./vc show lists nothing left");
        story.flush();
    }
}

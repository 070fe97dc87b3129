package io.archipelago.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "reserve", description = "Ask for the cluster that FILE describes.")
final class ReserveCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(paramLabel = "FILE", description = "A reservation in YAML, or in JSON if it ends in .json.")
    private String file = "";

    @Option(
            names = "--wait",
            description =
                    "Return when the cluster is ACTIVE if it starts before the timeout, else when it is SCHEDULED.")
    private boolean wait;

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "Asking again with the same key and the same content books once. "
                    + "A relative start is another content at every call.")
    private @Nullable String idempotencyKey;

    ReserveCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        Environment environment = root.environment();
        var request = ReservationFile.read(environment.directory(), file);
        ReservationClient client = root.connect();
        Instant deadline = root.waitDeadline();
        Instant now = environment.clock().instant();
        if (request.repeats()) {
            return askForAll(client, request, now, deadline);
        }
        Reservation reservation =
                ask((body, key) -> client.reserve(body, key, request::whereabouts), request, now, deadline);
        if (!wait) {
            root.output().print(reservation);
            return outcomeOf(reservation);
        }
        return new Waiting(root, client).untilUp(reservation, deadline);
    }

    /** Each time that its window comes is a reservation by itself. */
    private int askForAll(ReservationClient client, ReservationFile request, Instant now, Instant deadline) {
        if (wait) {
            throw Failure.of(
                    ExitCode.USAGE,
                    "--wait waits for one cluster, and " + request.source()
                            + " asks for several; ./vc list shows them.");
        }
        ReservationClient.Series series =
                ask((body, key) -> client.reserveSeries(body, key, request::whereabouts), request, now, deadline);
        root.output().print(series.taken());
        series.notTaken().forEach(why -> root.console().err().println("vc: Not taken: " + why));
        return (series.notTaken().isEmpty() ? ExitCode.OK : ExitCode.REFUSED).number();
    }

    private <T> T ask(BiFunction<JsonNode, String, T> asking, ReservationFile request, Instant now, Instant deadline) {
        String key = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
        var body = request.bodyAt(now);
        try {
            Supplier<T> question = () -> asking.apply(body, key);
            // Who waits for machines waits for a site that is being restarted as well.
            return wait
                    ? root.patience().untilAnswered(question, deadline)
                    : root.patience().afterLostAnswer(question);
        } catch (Failure failure) {
            throw failure.isPassing()
                    ? failure.withDetail(
                            "It may have been reserved all the same: look at ./vc list before asking again.")
                    : failure;
        }
    }

    private int outcomeOf(Reservation reservation) {
        ExitCode exitCode = reservation.is("REFUSED") ? ExitCode.REFUSED : ExitCode.OK;
        return Waiting.explained(new Waiting.Outcome(reservation, exitCode), root.console());
    }
}

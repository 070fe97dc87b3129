package io.archipelago.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The options that every command has, and what a command needs to do its work. */
@Command(
        name = "./vc",
        header = "Virtual clusters that span sites.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nStarting and stopping, by the launcher itself:%n",
        footer = {
            "  up, down, status, logs   start, stop and look at the local installation",
            "  test, fmt, bench         for those who work on Archipelago",
            "",
            "Another installation than the local one: set VC_URL, VC_TOKEN_URL, VC_USER and VC_PASSWORD."
        })
final class RootCommand implements Callable<Integer> {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);
    private static final Duration DEFAULT_WAIT = Duration.ofMinutes(5);
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final Environment environment;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            scope = ScopeType.INHERIT,
            description = "table (default), json or yaml. Progress goes to standard error.")
    private Output.Form form = Output.Form.table;

    @Option(
            names = "--site",
            paramLabel = "SITE",
            scope = ScopeType.INHERIT,
            description = "The site to ask: tokyo or osaka in the local installation.")
    private @Nullable String site;

    @Option(
            names = "--url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "The address of the site to ask, instead of --site.")
    private @Nullable String url;

    @Option(names = "--user", paramLabel = "NAME", scope = ScopeType.INHERIT, description = "Whom to sign on as.")
    private @Nullable String user;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            scope = ScopeType.INHERIT,
            converter = DurationConverter.class,
            description =
                    "How long to wait in all, such as 90s or 5m. With --wait and demo 5m unless given; watch has no limit.")
    private @Nullable Duration timeout;

    RootCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        CommandSpec own = Objects.requireNonNull(spec);
        throw new ParameterException(own.commandLine(), "A command is missing.");
    }

    Environment environment() {
        return environment;
    }

    Console console() {
        return environment.console();
    }

    Output.Form form() {
        return form;
    }

    Output output() {
        return new Output(form, console());
    }

    Instant waitDeadline() {
        return environment.clock().instant().plus(timeout == null ? DEFAULT_WAIT : timeout);
    }

    Instant watchDeadline() {
        return environment.clock().instant().plus(timeout == null ? FOR_EVER : timeout);
    }

    Patience patience() {
        return new Patience(environment);
    }

    ReservationClient connect() {
        if (site != null && url != null) {
            throw Failure.of(ExitCode.USAGE, "Give --site or --url, not both.");
        }
        Endpoints endpoints = Endpoints.discover(environment, new Endpoints.Choice(site, url, user));
        var wire = new Wire(timeout != null && timeout.compareTo(LONGEST_ANSWER) < 0 ? timeout : LONGEST_ANSWER);
        return new ReservationClient(endpoints, wire, new Tokens(endpoints, wire, environment.clock()));
    }

    /** An id stands in a path: nothing else may. */
    static String checkedId(String id) {
        if (!id.matches("[A-Za-z0-9_-]+")) {
            throw Failure.of(
                    ExitCode.USAGE,
                    "\"" + Console.printable(id) + "\" is not a reservation's id. ./vc list shows them.");
        }
        return id;
    }
}

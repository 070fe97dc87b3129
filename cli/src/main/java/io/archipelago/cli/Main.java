package io.archipelago.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The commands, and how each way of failing becomes a sentence and an {@link ExitCode}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(Environment.ofProcess(), arguments));
    }

    static int run(Environment environment, String... arguments) {
        Console console = environment.console();
        int exitCode = commandLine(environment).execute(arguments);
        console.out().flush();
        console.err().flush();
        return exitCode;
    }

    private static CommandLine commandLine(Environment environment) {
        Console console = environment.console();
        var root = new RootCommand(environment);
        var line = new CommandLine(root)
                .addSubcommand(new ReserveCommand(root))
                .addSubcommand(new PreviewCommand(root))
                .addSubcommand(new ListCommand(root))
                .addSubcommand(new ShowCommand(root))
                .addSubcommand(new AcceptCommand(root))
                .addSubcommand(new ChangeCommand(root))
                .addSubcommand(new CancelCommand(root))
                .addSubcommand(new WatchCommand(root))
                .addSubcommand(new DemoCommand(root))
                .addSubcommand(new HelpCommand());
        explainOnRequest(line);
        line.getSubcommands().values().forEach(Main::explainOnRequest);
        line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes, for scripts:%n");
        line.getCommandSpec().usageMessage().exitCodeList(exitCodes());
        return line.setOut(console.out())
                .setErr(console.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(console.colours() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler((wrong, arguments) -> usage(wrong, console.err()))
                .setExecutionExceptionHandler((thrown, command, parsed) -> failed(thrown, environment));
    }

    private static void explainOnRequest(CommandLine command) {
        if (command.getCommandSpec().findOption("--help") == null) {
            command.getCommandSpec()
                    .addOption(OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("Say how it is used.")
                            .build());
        }
    }

    private static int usage(ParameterException wrong, PrintWriter err) {
        CommandLine command = wrong.getCommandLine();
        err.println("vc: " + wrong.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err)) {
            String name = command.getParent() == null ? "" : " " + command.getCommandName();
            err.println("./vc help" + name + " says how it is used.");
        }
        return ExitCode.USAGE.number();
    }

    private static int failed(Exception thrown, Environment environment) {
        PrintWriter err = environment.console().err();
        if (thrown instanceof Failure failure) {
            err.println("vc: " + failure.text());
            failure.details().forEach(err::println);
            return failure.exitCode().number();
        }
        err.println("vc: A fault of this command itself: " + thrown);
        if (environment.variables().containsKey("VC_DEBUG")) {
            thrown.printStackTrace(err);
        } else {
            err.println("Set VC_DEBUG=1 to see where.");
        }
        return ExitCode.FAULT.number();
    }

    private static Map<String, String> exitCodes() {
        return Arrays.stream(ExitCode.values())
                .collect(Collectors.toMap(
                        code -> " " + code.number(), ExitCode::meaning, (one, other) -> one, LinkedHashMap::new));
    }
}

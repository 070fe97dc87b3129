package io.archipelago.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What {@code ./vc} runs for the commands that start, stop and show the stack. */
public final class Main {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_RUNNING = 3;

    /** What a supervisor's command line ends with. */
    static final String SUPERVISE = "supervise";

    private static final DateTimeFormatter TIME_OF_DAY = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private Main() {}

    public static void main(String[] arguments) {
        // The Kafka client reports each attempt to reach a broker that is still starting.
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        // The same figures on every machine: no decimal comma.
        Locale.setDefault(Locale.ROOT);
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        List<String> all = Arrays.asList(arguments);
        String command = all.isEmpty() ? "" : all.getFirst();
        List<String> rest = all.isEmpty() ? all : all.subList(1, all.size());
        try {
            Context context = Context.of(System.getenv(), Installation.find(), System.out, System.err);
            return switch (command) {
                case "up" -> UpCommand.run(context, rest);
                case "down" -> DownCommand.run(context, rest);
                case "status" -> StatusCommand.run(context, rest);
                case "logs" -> LogsCommand.run(context, rest);
                case SUPERVISE -> supervise(context);
                default ->
                    throw new IllegalArgumentException(
                            "unknown command \"" + command + "\"; there are up, down, status and logs");
            };
        } catch (IllegalArgumentException e) {
            System.err.println("vc: " + e.getMessage());
            return USAGE;
        } catch (IOException e) {
            System.err.println("vc: " + sentence(e));
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    /** Exceptions of the file system say only which file. */
    public static String sentence(IOException e) {
        return switch (e) {
            case AccessDeniedException denied ->
                "no permission for " + denied.getFile() + "; does this stack belong to another user?";
            case NoSuchFileException missing -> "there is no " + missing.getFile();
            case FileSystemException other ->
                other.getFile() + ": " + (other.getReason() == null ? "cannot be used" : other.getReason());
            default -> String.valueOf(e.getMessage());
        };
    }

    private static int supervise(Context context) throws IOException, InterruptedException {
        return Supervisor.run(context.home(), context.stack(), context.installation(), Main::journal) ? OK : FAILED;
    }

    private static void journal(String line) {
        System.out.println(LocalTime.now().format(TIME_OF_DAY) + " " + line);
    }

    /** The single option that the command knows, when it was given; anything else is refused. */
    static boolean flag(List<String> arguments, String command, String option) {
        for (String argument : arguments) {
            if (!argument.equals(option)) {
                throw new IllegalArgumentException(
                        "vc " + command + " does not know \"" + argument + "\"; it takes " + option);
            }
        }
        return !arguments.isEmpty();
    }
}

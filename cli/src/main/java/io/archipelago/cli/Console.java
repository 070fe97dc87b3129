package io.archipelago.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.util.Map;

/**
 * Where output goes. What was asked for goes to {@code out}; progress and complaints go to {@code err}, so that
 * {@code vc ... -o json | jq} always works.
 *
 * @param live a person is watching: colours are welcome (unless {@code NO_COLOR} is set) and so is every small step
 */
record Console(PrintWriter out, PrintWriter err, boolean live, boolean colours) {

    static Console ofProcess(Map<String, String> variables) {
        boolean live = isTerminal();
        return new Console(writer(System.out), writer(System.err), live, live && wantsColours(variables));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), true);
    }

    static boolean wantsColours(Map<String, String> variables) {
        return variables.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(variables.get("TERM"));
    }

    String bold(String text) {
        return painted("1", text);
    }

    String state(String text, String state) {
        return switch (state) {
            case "ACTIVE", "READY", "RUNNING" -> painted("32", text);
            case "DEGRADED", "FAILED", "REFUSED", "LOST" -> painted("31", text);
            case "REQUESTED", "HELD", "SCHEDULED", "DEPLOYING", "RELEASING", "PENDING" -> painted("33", text);
            default -> text;
        };
    }

    private String painted(String code, String text) {
        return colours ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
    }

    /** Names come from other people: nothing in them may steer the reader's terminal. */
    static String printable(String text) {
        return text.replaceAll("\\p{Cc}", "?");
    }

    /** From JDK 22 on there may be a console object without a terminal behind it; only that JDK can tell. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        var console = System.console();
        if (console == null) {
            return false;
        }
        try {
            Method isTerminal = java.io.Console.class.getMethod("isTerminal");
            return Boolean.TRUE.equals(isTerminal.invoke(console));
        } catch (ReflectiveOperationException jdk21) {
            return true;
        }
    }
}

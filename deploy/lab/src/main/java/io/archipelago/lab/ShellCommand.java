package io.archipelago.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code vc lab shell HOST [COMMAND...]}: a command on a host, with its exit code; without one, a shell for a person. */
final class ShellCommand {

    private ShellCommand() {}

    static int run(Path directory, List<String> arguments, PrintStream out) throws IOException, InterruptedException {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("vc lab shell needs the name of a host; ./vc lab status lists them");
        }
        LabHost host = Main.running(directory).host(arguments.getFirst());
        List<String> command = arguments.subList(1, arguments.size());
        return command.isEmpty() ? terminal(host, out) : host.follow(out, command);
    }

    private static int terminal(LabHost host, PrintStream out) throws IOException, InterruptedException {
        String before = terminalSetting("-g");
        String[] size = terminalSetting("size").split(" ", -1);
        String kind = System.getenv().getOrDefault("TERM", "dumb");
        try (Socket socket = host.terminal(kind, size[0], size[1])) {
            // Every key is for the host, Ctrl-C too.
            terminalSetting("raw", "-echo");
            Thread typed = new Thread(() -> passOn(System.in, socket), "what is typed");
            typed.setDaemon(true);
            typed.start();
            copy(socket.getInputStream(), out);
            return Main.OK;
        } finally {
            terminalSetting(before);
        }
    }

    private static void passOn(InputStream typed, Socket socket) {
        try {
            copy(typed, socket.getOutputStream());
        } catch (IOException ended) {
            // The shell did; whoever reads from it sees that.
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] some = new byte[1 << 12];
        for (int count = from.read(some); count >= 0; count = from.read(some)) {
            to.write(some, 0, count);
            to.flush();
        }
    }

    /** Of the terminal that we were called from. */
    private static String terminalSetting(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectInput(Redirect.INHERIT)
                .redirectError(Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException(
                    "A shell needs a terminal, and standard input is none; to run one command: ./vc lab shell HOST COMMAND...");
        }
        return said;
    }
}

package io.archipelago.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Installs Debian packages on this machine, as root, where they are missing. No daemon that comes with them is started. */
public final class DebianPackages {

    private static final Duration LIMIT = Duration.ofMinutes(15);
    /** What the installation asks before it starts a daemon; 101 is "no". */
    private static final Path POLICY = Path.of("/usr/sbin/policy-rc.d");

    private static final String DENIAL = """
            #!/bin/sh
            # Made by ./vc while it installs packages: none of their daemons is to run on this machine.
            exit 101
            """;

    /** No other policy has it. */
    private static final String OURS = "# Made by ./vc ";

    private DebianPackages() {}

    /**
     * Installs those that are missing, and says which.
     *
     * @param whoNeeds them, as the middle of a sentence: "the lab's hosts need"
     * @param needed names of packages; of those between bars any one will do
     * @throws IOException if they can not be had, with what to do by hand
     */
    public static void install(String whoNeeds, List<String> needed, Consumer<String> says)
            throws IOException, InterruptedException {
        List<String> missing = missing(needed);
        if (missing.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("apt-get", "install", "-y", "--no-install-recommends"));
        command.addAll(missing);
        says.accept("Installing what " + whoNeeds + ":\n  " + String.join(" ", command));
        undoInterruptedInstall();
        // Whoever has a policy of its own keeps it.
        boolean denied = Files.exists(POLICY);
        Thread undo = new Thread(DebianPackages::undoQuietly, "end of the installation");
        Runtime.getRuntime().addShutdownHook(undo);
        try {
            if (!denied) {
                Files.writeString(POLICY, DENIAL);
                Files.setPosixFilePermissions(POLICY, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            List<String> quietly = new ArrayList<>(List.of("env", "DEBIAN_FRONTEND=noninteractive"));
            quietly.addAll(command);
            Result installed = Tools.run(LIMIT, quietly);
            if (installed.code() != 0) {
                // A machine that is new knows no package yet.
                Tools.run(LIMIT, List.of("apt-get", "update"));
                installed = Tools.run(LIMIT, quietly);
            }
            if (installed.code() != 0) {
                throw new IOException("The packages were not installed: %s. Run it by hand: apt-get update; %s"
                        .formatted(installed.said(), String.join(" ", command)));
            }
        } finally {
            undoInterruptedInstall();
            removeHook(undo);
        }
    }

    private static void removeHook(Thread undo) {
        try {
            Runtime.getRuntime().removeShutdownHook(undo);
        } catch (IllegalStateException endingAlready) {
            // It has done what it is for.
        }
    }

    private static void undoQuietly() {
        try {
            undoInterruptedInstall();
        } catch (IOException e) {
            // The next installation tries again.
        }
    }

    /** Of a package that is installed. */
    public static String version(String name) throws IOException, InterruptedException {
        return Tools.run("dpkg-query", "--show", "--showformat", "${Version}", name)
                .strip();
    }

    /** The answer "no" to every daemon would otherwise stay for ever. */
    static void undoInterruptedInstall() throws IOException {
        if (Files.exists(POLICY) && Files.readString(POLICY).contains(OURS)) {
            Files.delete(POLICY);
        }
    }

    private static List<String> missing(List<String> needed) throws IOException, InterruptedException {
        List<String> query =
                new ArrayList<>(List.of("dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\\n"));
        needed.forEach(one -> query.addAll(choices(one)));
        // It ends with 1 as soon as it does not know one of them.
        return missing(needed, Tools.run(Tools.PATIENCE, query).out());
    }

    /** Those of the needed that are not said to be installed, each in a line with its state. */
    static List<String> missing(List<String> needed, String states) {
        Set<String> installed = states.lines()
                .filter(line -> line.endsWith(" installed"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .collect(Collectors.toSet());
        return needed.stream()
                .filter(one -> choices(one).stream().noneMatch(installed::contains))
                .map(one -> choices(one).getFirst())
                .toList();
    }

    private static List<String> choices(String needed) {
        return List.of(needed.split("\\|", -1));
    }
}

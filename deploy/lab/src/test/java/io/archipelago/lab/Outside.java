package io.archipelago.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What of a lab can be seen on the machine. */
final class Outside {

    private Outside() {}

    /** Namespaces, network interfaces, processes and mounts that bear the name of a lab or a path of its directory. */
    static List<String> of(Path directory) throws IOException, InterruptedException {
        String name = Settings.standard().name();
        List<String> found = new ArrayList<>();
        for (List<String> command : List.of(
                List.of("ip", "netns", "list"),
                List.of("ip", "-o", "link", "show"),
                List.of("ip", "-4", "-o", "address", "show"),
                List.of("ps", "-e", "-o", "args"),
                List.of("cat", "/proc/mounts"))) {
            Tools.run(command.toArray(String[]::new))
                    .lines()
                    .filter(line -> line.contains(name) || isOfADirectory(command.getFirst(), line, directory))
                    .forEach(found::add);
        }
        return found;
    }

    /** The machine's own networks, packet filters and mounts, one thing a line. */
    static List<String> machine() throws IOException, InterruptedException {
        List<String> all = new ArrayList<>();
        for (List<String> command : List.of(
                List.of("ip", "netns", "list"),
                List.of("ip", "-o", "link", "show"),
                // Without how long each is still valid.
                List.of("ip", "-brief", "address", "show"),
                List.of("ip", "route", "show", "table", "all"),
                List.of("sysctl", "net.ipv4.ip_forward"),
                List.of("cat", "/proc/mounts"))) {
            all.addAll(Tools.run(command.toArray(String[]::new)).lines().toList());
        }
        for (String filters : List.of("iptables-save", "ip6tables-save", "ebtables-save")) {
            // Where a kernel has none, or no such program is there, it says the same each time. Without when it was
            // asked, and how much has passed.
            Tools.run("sh", "-c", filters + " 2>&1 || true")
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.replaceFirst("\\[\\d+:\\d+]", ""))
                    .forEach(all::add);
        }
        return all;
    }

    /** The processes that were given a path of a directory in their environment or on their command line; this one does not count. */
    static List<String> processesOf(Path directory) {
        List<String> found = new ArrayList<>();
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            Path files = Path.of("/proc", Long.toString(process.pid()));
            if (process.pid() != ProcessHandle.current().pid()
                    && (said(files.resolve("environ")) + said(files.resolve("cmdline")))
                            .contains(directory.toString())) {
                found.add(process.pid() + " " + said(files.resolve("cmdline")).replace('\0', ' '));
            }
        }
        return found;
    }

    /** Empty when the process has ended meanwhile. */
    private static String said(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    /** Whoever only has the path among its arguments, as this test's JVM, is not the lab's. */
    private static boolean isOfADirectory(String command, String line, Path directory) {
        return line.contains(directory.toString()) && (command.equals("cat") || line.contains("umid="));
    }
}

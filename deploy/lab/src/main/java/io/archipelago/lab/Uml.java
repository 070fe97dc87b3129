package io.archipelago.lab;

import io.archipelago.local.Archives;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A User-Mode Linux that hosts run on.
 *
 * <p>That of Debian 12 traces the processes of a host, and wakes for each call of one and for each page that it touches. Later ones do
 * less (docs/adr/0025), so they are taken from later Debians, each with the C library that it was built for; nothing of that is
 * installed on the machine. Where there are none the machine's own does.
 *
 * @param program the file to run
 * @param arguments that it is to have beside those of every host
 * @param modules the directory of its kernel's modules
 */
record Uml(String program, List<String> arguments, Path modules) {

    private static final Path KEPT = Path.of("/var/cache/archipelago-lab");
    private static final Path KEYS = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final Path INSTALLED_MODULES = Path.of("/usr/lib/uml/modules");
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** {@code installed}: all hosts run on what this Debian has. */
    private static final String VARIABLE = "VC_LAB_KERNEL";

    /** Which Debian a host's kernel is of. */
    private enum Origin {
        /** The last one with the tables of iptables(8) for IPv4. */
        TRIXIE(List.of()),
        FORKY(List.of("seccomp=on"));

        private final List<String> arguments;

        Origin(List<String> arguments) {
            this.arguments = arguments;
        }

        static Origin of(Role role) {
            return role == Role.GATEWAY ? TRIXIE : FORKY;
        }

        String suite() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The one for hosts of a role: that of a later Debian if {@link #obtain} has brought it, else the machine's own. */
    static Uml of(Role role) throws IOException {
        return onlyInstalled() ? installed() : of(role, KEPT);
    }

    static Uml of(Role role, Path kept) throws IOException {
        Origin origin = Origin.of(role);
        Path root = kept.resolve(origin.suite());
        if (!Files.exists(root)) {
            return installed();
        }
        return new Uml(program(root).toString(), origin.arguments, modulesBelow(root.resolve("usr/lib/uml/modules")));
    }

    private static Uml installed() throws IOException {
        return new Uml("linux.uml", List.of(), modulesBelow(INSTALLED_MODULES));
    }

    private static Path program(Path root) {
        return root.resolve("usr/bin/linux.uml");
    }

    private static Path modulesBelow(Path directory) throws IOException {
        try (Stream<Path> releases = Files.list(directory)) {
            return releases.sorted()
                    .reduce((former, latter) -> latter)
                    .orElseThrow(() -> new IOException("there are no modules of a kernel in " + directory));
        }
    }

    /** Brings those that are not there yet. Hosts are slower without them, so a machine that can not reach Debian does without. */
    static void obtain(Consumer<String> says) throws IOException, InterruptedException {
        if (onlyInstalled()) {
            return;
        }
        try {
            for (Origin origin : Origin.values()) {
                Archives.cached(KEPT, origin.suite(), empty -> {
                    says.accept("Fetching a faster kernel for hosts, of Debian %s ...".formatted(origin.suite()));
                    fill(origin, empty);
                });
            }
        } catch (IOException e) {
            says.accept("Hosts run without it and are slower: " + e.getMessage());
        }
    }

    private static boolean onlyInstalled() {
        return "installed".equals(System.getenv(VARIABLE));
    }

    private static void fill(Origin origin, Path empty) throws IOException, InterruptedException {
        Path work = Files.createTempDirectory("lab-");
        try {
            download(origin, work);
            try (DirectoryStream<Path> packages = Files.newDirectoryStream(work, "*.deb")) {
                for (Path file : packages) {
                    run(List.of("dpkg-deb", "--extract", file.toString(), empty.toString()));
                }
            }
        } finally {
            Archives.delete(work);
        }
        Path libraries = Path.of("usr/lib/x86_64-linux-gnu");
        Path loader = libraries.resolve("ld-linux-x86-64.so.2");
        run(List.of(
                empty.resolve(loader).toString(),
                "--library-path",
                empty.resolve(libraries).toString(),
                program(empty).toString(),
                "--version"));
        // Where it will lie, for the program knows its C library by an absolute path.
        Path root = KEPT.resolve(origin.suite());
        run(List.of(
                "patchelf",
                "--set-interpreter",
                root.resolve(loader).toString(),
                "--set-rpath",
                root.resolve(libraries).toString(),
                program(empty).toString()));
    }

    /** By apt, which checks who made the packages; with lists of its own, so that the machine's apt never hears of that Debian. */
    private static void download(Origin origin, Path work) throws IOException, InterruptedException {
        Path sources = Files.writeString(
                work.resolve("sources.list"),
                "deb [signed-by=%s] http://deb.debian.org/debian %s main%n".formatted(KEYS, origin.suite()));
        Path status = Files.createFile(work.resolve("status"));
        Files.createDirectories(work.resolve("lists/partial"));
        Files.createDirectories(work.resolve("cache/archives/partial"));
        List<String> apt = List.of(
                "env",
                "--chdir=" + work,
                "apt-get",
                "-oAPT::Sandbox::User=root",
                "-oDir::Etc::sourcelist=" + sources,
                "-oDir::Etc::sourceparts=/dev/null",
                "-oDir::Etc::preferencesparts=/dev/null",
                "-oDir::State::lists=" + work.resolve("lists"),
                "-oDir::State::status=" + status,
                "-oDir::Cache=" + work.resolve("cache"),
                "-oAcquire::Languages=none",
                "-oAcquire::http::Timeout=20");
        run(with(apt, "update"));
        run(with(apt, "download", "user-mode-linux", "libc6"));
    }

    private static List<String> with(List<String> command, String... words) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(words));
        return all;
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Tools.run(LIMIT, command).orFail(String.join(" ", command));
    }
}

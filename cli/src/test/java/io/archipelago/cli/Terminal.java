package io.archipelago.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A user at work: a directory, an environment, a clock, and what came of the last command. */
final class Terminal {
    static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

    private final Path directory;
    private final TestClock clock = new TestClock(NOW);
    private final Map<String, String> variables = new HashMap<>();
    private final List<Duration> pauses = new ArrayList<>();
    private boolean live;

    record Result(int exitCode, String out, String err) {}

    Terminal(Path directory) {
        this.directory = directory;
    }

    /** As if {@code ./vc up} had started this site. */
    static Terminal signedOnAt(FakeSite site, Path directory) {
        var terminal = new Terminal(directory);
        terminal.file(".vc/endpoints.json", """
                {"sites": {"tokyo": "%s", "osaka": "http://127.0.0.1:9"}, "tokenUrl": "%s",
                 "clientId": "archipelago-cli", "users": {"alice": "secret", "bob": "hidden"},
                 "defaultUser": "alice", "defaultSite": "tokyo", "writtenBy": "a later version"}
                """.formatted(site.url(), site.tokenUrl()));
        return terminal;
    }

    Terminal file(String name, String content) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
            return this;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    Terminal variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    Terminal watchedByAPerson() {
        live = true;
        return this;
    }

    TestClock clock() {
        return clock;
    }

    List<Duration> pauses() {
        return pauses;
    }

    Result vc(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var console = new Console(
                new PrintWriter(out, true), new PrintWriter(err, true), live, live && Console.wantsColours(variables));
        var environment = new Environment(variables, directory, clock, this::pause, console);
        int exitCode = Main.run(environment, arguments);
        return new Result(exitCode, out.toString(), err.toString());
    }

    private void pause(Duration duration) {
        pauses.add(duration);
        clock.advance(duration);
    }
}

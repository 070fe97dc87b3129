package io.archipelago.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.Stack;
import io.archipelago.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A newcomer types what the README says, as it stands there. */
@Order(1)
class ReadmeST {

    private static final Path ROOT = Path.of(System.getProperty("vc.root", ".."));
    private static final Pattern COMMAND = Pattern.compile("^\\$ \\./vc ([^#]*)");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final int MINUTES = 8;

    private Path home;
    private int portBase;

    /** What somebody sees who typed a command. */
    private record Seen(int exit, String text) {}

    @BeforeEach
    void chooseAHome() throws IOException {
        home = Files.createTempDirectory("archipelago-readme");
        portBase = Stack.onFreePorts(Stack.ofTwoSites(Stack.DEFAULT_PORT_BASE).sites())
                .portBase();
    }

    @AfterEach
    void leaveNothing() throws Exception {
        vc("down", "--purge");
    }

    @Test
    void itsCommandsDoWhatItSays() throws Exception {
        List<List<String>> commands = commands();
        assertThat(commands)
                .contains(List.of("demo"), List.of("cancel", "ID", "--wait"), List.of("down"), List.of("up"));
        String id = "";
        for (List<String> command : commands) {
            if (List.of("test", "bench").contains(command.getFirst())) {
                continue; // This is the one; the other is for a machine that does nothing else.
            }
            String last = id;
            Seen seen = command.getFirst().equals("reserve")
                    ? whileOneIsKilled(command)
                    : vc(command.stream()
                            .map(word -> word.equals("ID") ? last : word)
                            .toArray(String[]::new));
            assertThat(seen.exit()).as(command + ":\n" + seen.text()).isZero();
            id = look(command.getFirst(), seen, id);
        }
    }

    /** Looks for what the README says that one then sees; returns the reservation that is talked of from then on. */
    private String look(String command, Seen seen, String id) throws Exception {
        switch (command) {
            case "demo", "reserve" -> {
                assertThat(seen.text()).contains("ACTIVE", "vcompute-1-1", "vcompute-2-1", "Segments", "Links");
                assertThat(vlans(seen.text())).as("VLAN ids").hasSize(2).doesNotHaveDuplicates();
                return id(seen.text());
            }
            case "list", "show" -> assertThat(seen.text()).contains(id);
            case "cancel" -> {
                assertThat(seen.text()).contains("ENDED");
                assertThat(vc("show", id).text()).contains("Nothing of it is left on any host");
            }
            case "status" -> assertThat(seen.text()).contains("tokyo-reservation", "osaka-agent", "READY");
            case "down" -> assertThat(vc("status").text()).contains("not running");
            case "up" -> {
                assertThat(seen.text()).contains("Ready after", "PSS");
                assertThat(vc("show", id).text()).as("what was there before").contains("ENDED");
            }
            default -> throw new AssertionError("the README has a command that this test does not know: " + command);
        }
        return id;
    }

    private Seen whileOneIsKilled(List<String> command) throws Exception {
        JsonNode processes =
                Json.mapper().readTree(vc("status", "-o", "json").text()).get("processes");
        List<JsonNode> services = new ArrayList<>();
        processes.forEach(process -> {
            if (process.get("name").asText().startsWith("tokyo-")
                    || process.get("name").asText().startsWith("osaka-")) {
                services.add(process);
            }
        });
        JsonNode victim = services.get(Sweep.random("process to be killed").nextInt(services.size()));
        System.out.println("kill -9 " + victim.get("name").asText());
        Process client = start(command.toArray(String[]::new));
        ProcessHandle.of(victim.get("pid").asLong()).orElseThrow().destroyForcibly();
        return seen(client);
    }

    private static List<List<String>> commands() throws IOException {
        List<List<String>> commands = new ArrayList<>();
        for (String line : Files.readAllLines(ROOT.resolve("README.md"))) {
            Matcher command = COMMAND.matcher(line);
            if (command.find()) {
                commands.add(List.of(command.group(1).strip().split(" +")));
            }
        }
        return commands;
    }

    private static String id(String text) {
        Matcher id = ID.matcher(text);
        assertThat(id.find()).as(text).isTrue();
        return id.group();
    }

    private static List<String> vlans(String text) {
        Matcher vlan = Pattern.compile("(?m)^ +(?:tokyo|osaka) +(\\d+) *$").matcher(text);
        return vlan.results().map(result -> result.group(1)).toList();
    }

    private Seen vc(String... arguments) throws IOException, InterruptedException {
        return seen(start(arguments));
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("./vc"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(ROOT.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .putAll(Map.of(
                        "VC_HOME", home.toString(),
                        "VC_PORT_BASE", Integer.toString(portBase),
                        "VC_BUILD", "off",
                        "VC_RECORD", "off",
                        "JAVA_HOME", System.getProperty("java.home")));
        return builder.start();
    }

    private static Seen seen(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
        return new Seen(process.exitValue(), text);
    }
}

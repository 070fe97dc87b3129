package io.archipelago.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.AgentProcess.Home;
import io.archipelago.agent.state.HostDirectory;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.LinkDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The agent of the very machine that the test runs on, against a real broker. It is told nothing, and so changes nothing. */
@EnabledOnOs(OS.LINUX)
class LinuxAgentIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HostId HOST = new HostId("tokyo-c01");

    @TempDir
    private static Path directory;

    private static TestBroker broker;
    private static AgentProcess process;

    @BeforeAll
    static void start() throws Exception {
        broker = new TestBroker(directory.resolve("broker"));
        applianceSays("first");
        process = agent();
    }

    @AfterAll
    static void stop() throws Exception {
        process.close();
        broker.close();
    }

    @Test
    void aRealHostSaysWhatItHasAndHowFarItsClockIsOff() throws Exception {
        // When
        await().atMost(PATIENCE)
                .until(() -> heartbeats().stream()
                        .anyMatch(each -> each.inventory().details().containsKey("clockOffset")));

        // Then
        Inventory has = heartbeats().getLast().inventory();
        assertThat(has.roles()).isEqualTo(Set.of(HostRole.COMPUTE, HostRole.GATEWAY));
        assertThat(has.cpus()).isEqualTo(processors());
        assertThat(has.memoryBytes()).isPositive();
        assertThat(has.pools()).isEmpty();
        assertThat(has.storageAddress()).isEmpty();
        assertThat(has.versions()).containsEntry("drivers", "linux").containsKey("agent");
        assertThat(has.details())
                .containsEntry(
                        "kernel",
                        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
        assertThat(Integer.parseInt(
                        has.details().getOrDefault("clockOffset", "").replace(" ms", "")))
                .as("the broker is on the same machine")
                .isBetween(-500, 500);
        assertThat(process.notReady()).isEmpty();
        assertThat(process.simulated()).isEmpty();
    }

    @Test
    void aSecondAgentOfTheHostIsRefused() {
        assertThatThrownBy(LinuxAgentIT::agent)
                .isInstanceOf(HostDirectory.SecondAgent.class)
                .hasMessageContaining("an agent for tokyo-c01 runs already");
    }

    @Test
    void aKeyThatAnApplianceHasLaterIsAnnounced() throws Exception {
        // Given
        await().atMost(PATIENCE).until(() -> keys().contains("first"));

        // When
        applianceSays("second");

        // Then
        await().atMost(PATIENCE).until(() -> keys().getLast().equals("second"));
    }

    private static List<String> keys() throws Exception {
        return heartbeats().stream()
                .flatMap(each -> Stream.ofNullable(each.inventory().links().get(LinkDriver.CONSOLE)))
                .toList();
    }

    /** At once, for it may be asked at this moment. */
    private static void applianceSays(String key) throws Exception {
        Path next = directory.resolve("status.next");
        Files.writeString(next, "#!/bin/sh\necho '{\"key\":\"%s\"}'\n".formatted(key));
        assertThat(next.toFile().setExecutable(true)).isTrue();
        Files.move(next, directory.resolve("status"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static AgentProcess agent() throws Exception {
        AgentConfig config = ConfigFixture.of(Map.ofEntries(
                Map.entry("agent.drivers", "linux"),
                Map.entry("agent.state-directory", directory.resolve("state").toString()),
                Map.entry("agent.heartbeat-every", "PT0.2S"),
                Map.entry("agent.host.id", HOST.value()),
                Map.entry("agent.host.roles", "compute,gateway"),
                Map.entry("agent.host.trunk", "lo"),
                Map.entry("agent.host.reserved-cpus", "0"),
                Map.entry("agent.host.reserved-memory", "1MiB"),
                Map.entry("agent.host.wan-address", "192.0.2.1"),
                Map.entry("agent.host.outside", "lo"),
                Map.entry("agent.host.closed-networks", "none"),
                Map.entry("agent.host.link-scripts", directory.toString()),
                Map.entry(
                        "agent.host.cache-directory",
                        directory.resolve("caches").toString())));
        return AgentProcess.start(config, new Home(new SiteId("tokyo"), 1, broker.address()), Clock.systemUTC());
    }

    private static int processors() throws Exception {
        return (int) Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("processor"))
                .count();
    }

    private static List<HostHeartbeat> heartbeats() throws Exception {
        return broker.said(HOST).stream()
                .filter(HostHeartbeat.class::isInstance)
                .map(HostHeartbeat.class::cast)
                .toList();
    }
}

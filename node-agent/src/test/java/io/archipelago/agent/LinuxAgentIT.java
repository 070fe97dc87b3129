package io.archipelago.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.AgentProcess.Home;
import io.archipelago.agent.state.HostDirectory;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The agent of the very machine that the test runs on, against a real broker. It is told nothing, and so changes nothing. */
@EnabledOnOs(OS.LINUX)
class LinuxAgentIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration AHEAD = Duration.ofSeconds(3);
    private static final HostId HOST = new HostId("tokyo-c01");

    @TempDir
    private static Path directory;

    private static TestBroker broker;
    private static AgentProcess process;

    @BeforeAll
    static void start() throws Exception {
        broker = new TestBroker(directory.resolve("broker"));
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
        assertThat(has.roles()).isEqualTo(Set.of(HostRole.COMPUTE));
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
                .as("the broker is on the same machine, and has the right time")
                .isCloseTo((int) AHEAD.toMillis(), within(500));
        assertThat(has.problems()).anyMatch(problem -> problem.contains("s ahead of the broker's: have NTP set it"));
        assertThat(process.notReady()).isEmpty();
        assertThat(process.simulated()).isEmpty();
    }

    @Test
    void aSecondAgentOfTheHostIsRefused() {
        assertThatThrownBy(LinuxAgentIT::agent)
                .isInstanceOf(HostDirectory.SecondAgent.class)
                .hasMessageContaining("an agent for tokyo-c01 runs already");
    }

    private static AgentProcess agent() throws Exception {
        AgentConfig config = ConfigFixture.of(Map.of(
                "agent.drivers", "linux",
                "agent.state-directory", directory.resolve("state").toString(),
                "agent.heartbeat-every", "PT0.2S",
                "agent.host.id", HOST.value(),
                "agent.host.roles", "compute",
                "agent.host.trunk", "lo",
                "agent.host.reserved-cpus", "0",
                "agent.host.reserved-memory", "1MiB"));
        return AgentProcess.start(
                config, new Home(new SiteId("tokyo"), 1, broker.address()), Clock.offset(Clock.systemUTC(), AHEAD));
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

package io.archipelago.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.ConfigFixture;
import io.archipelago.agent.drivers.link.LinkOffers;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.LinkDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host says that it has, parts of which can not be looked at for a while. */
class LinuxInventoryTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path root;

    private boolean blind;
    private LinuxInventory inventory;

    @BeforeEach
    void aGatewayThatCarriesMachines() throws IOException {
        file("proc/sys/kernel/osrelease", "6.1.0\n");
        file("proc/cpuinfo", "processor\t: 0\n\nprocessor\t: 1\n");
        file("proc/meminfo", "MemTotal:        2048 kB\n");
        file("sys/class/net/eth1/flags", "0x1003\n");
        file("sys/class/net/eth1/device/x", "");
        HostSetup setup = HostSetup.of(ConfigFixture.of(Map.of(
                        "agent.host.id", "tokyo-g1",
                        "agent.host.roles", "compute,gateway",
                        "agent.host.trunk", "eth1",
                        "agent.host.reserved-memory", "1MiB",
                        "agent.host.wan-address", "192.0.2.1",
                        "agent.host.outside", "eth1",
                        "agent.host.closed-networks", "none",
                        "agent.host.cache-bytes", "1MiB",
                        "agent.host.cache-directory", cache().toString()))
                .host());
        inventory = new LinuxInventory(
                setup,
                new LinuxInventory.Identity("machine", "key", "1"),
                new Programs(LONG),
                new Hardware(root),
                new Clock(),
                () -> new LinkOffers(
                        Map.of(LinkDriver.OPENVPN, "AB:CD"),
                        Map.of(LinkDriver.VXLAN_WIREGUARD, "wg is not on this host: apt-get install wireguard-tools")),
                LONG);
    }

    @Test
    void saysWhichWaysOfLinksItHasAndWhyNotOthers() {
        assertThat(inventory.get().links()).isEqualTo(Map.of(LinkDriver.OPENVPN, "AB:CD"));
        assertThat(inventory.get().details())
                .containsEntry(
                        "links VXLAN_WIREGUARD",
                        "not offered: wg is not on this host: apt-get install wireguard-tools");
        assertThat(inventory.get().problems()).noneMatch(problem -> problem.contains("wg"));
    }

    @Test
    void aPartThatCanNotBeLookedAtCountsAsItWasLastSeen() throws Exception {
        // Given
        Inventory before = inventory.get();
        assertThat(before.memoryBytes()).isEqualTo(1 << 20);
        assertThat(before.cacheBytes()).isEqualTo(1 << 20);
        assertThat(before.details()).containsKey("interface eth1");

        // When
        makeUnreadable("proc/meminfo");
        file("proc/cpuinfo", "processor\t: 0\n\nprocessor\t: 1\n\nprocessor\t: 2\n");
        Files.delete(cache());
        Files.createFile(cache());
        inventory.refresh();

        // Then
        Inventory after = inventory.get();
        assertThat(after.cpus()).as("the others are as they are now").isEqualTo(before.cpus() + 1);
        assertThat(after.memoryBytes()).isEqualTo(before.memoryBytes());
        assertThat(after.cacheBytes()).isEqualTo(before.cacheBytes());
        assertThat(after.details()).isEqualTo(before.details());
        assertThat(after.problems())
                .anyMatch(
                        problem -> problem.startsWith("memory can not be looked at, and counts as it was last seen: "))
                .anyMatch(problem -> problem.startsWith(
                        "the cache directory can not be looked at, and counts as it was last seen: "))
                .noneMatch(problem -> problem.contains("processors can not"));
    }

    @Test
    void aPartThatIsSeenAgainIsNoProblemAnyMore() throws Exception {
        // Given
        makeUnreadable("proc/meminfo");
        inventory.refresh();
        assertThat(inventory.get().problems()).anyMatch(problem -> problem.startsWith("memory can not be looked at"));

        // When
        Files.delete(root.resolve("proc/meminfo"));
        file("proc/meminfo", "MemTotal:        4096 kB\n");
        inventory.refresh();

        // Then
        assertThat(inventory.get().memoryBytes()).isEqualTo(3 << 20);
        assertThat(inventory.get().problems()).noneMatch(problem -> problem.startsWith("memory"));
    }

    @Test
    void aTopicThatSaysNothingOfTheBrokersClockIsAProblem() {
        assertThat(inventory.get().problems()).noneMatch(problem -> problem.contains("clock"));

        blind = true;

        assertThat(inventory.get().problems())
                .contains(
                        "how far the clock is off can not be told: give the topic host.tokyo-g1.observed.v1 the setting"
                                + " message.timestamp.type=LogAppendTime");
    }

    private Path cache() {
        return root.resolve("cache");
    }

    private void makeUnreadable(String file) throws IOException {
        Files.delete(root.resolve(file));
        Files.createDirectory(root.resolve(file));
    }

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** One that is right, as far as anybody can tell. */
    private final class Clock implements ClockCheck {

        @Override
        public Optional<Duration> offset() {
            return Optional.empty();
        }

        @Override
        public boolean isBlind() {
            return blind;
        }
    }
}

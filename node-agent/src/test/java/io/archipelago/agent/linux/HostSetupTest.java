package io.archipelago.agent.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.ConfigFixture;
import io.archipelago.agent.drivers.machine.DirectBoot;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.HostRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostSetupTest {

    private static final Map<String, String> ALL = Map.of(
            "agent.host.id", "tokyo-g1",
            "agent.host.roles", "compute,gateway,storage",
            "agent.host.trunk", "eth1",
            "agent.host.pools", "vg0,vg1/thin",
            "agent.host.portal", "10.10.0.31:3260",
            "agent.host.wan-address", "192.0.2.1",
            "agent.host.outside", "eth2",
            "agent.host.closed-networks", "10.10.0.0/24",
            "agent.host.boot.kernel", "/k",
            "agent.host.boot.initrd", "/i");

    @Test
    void everythingIsReadOrHasItsDefault() {
        assertThat(setup(ALL))
                .isEqualTo(new HostSetup(
                        new HostId("tokyo-g1"),
                        Set.of(HostRole.COMPUTE, HostRole.GATEWAY, HostRole.STORAGE),
                        "eth1",
                        1,
                        1L << 30,
                        Duration.ofMinutes(5),
                        List.of("vg0", "vg1/thin"),
                        "10.10.0.31:3260",
                        100L << 20,
                        new HostSetup.Gateway(
                                "192.0.2.1",
                                "eth2",
                                List.of("10.10.0.0/24"),
                                null,
                                Path.of("/var/cache/archipelago"),
                                20L << 30),
                        new DirectBoot(Path.of("/k"), Path.of("/i"), "console=ttyS0 quiet"),
                        Duration.ofSeconds(30)));
    }

    @Test
    void aHostNeedsOnlyWhatItsRolesNeed() {
        HostSetup storage = setup(Map.of(
                "agent.host.id", "tokyo-s1",
                "agent.host.roles", "storage",
                "agent.host.pools", "vg0",
                "agent.host.portal", "[fd00::1]:3260"));

        assertThat(storage.trunk()).isEmpty();
        assertThat(storage.gateway().wanAddress()).isEmpty();
        assertThat(storage.gateway().cacheBytes()).isZero();
        assertThat(storage.reservedMemory()).isZero();
    }

    @Test
    void aGatewayMayBeToldThatNoNetworkIsClosed() {
        Map<String, String> keys = new HashMap<>(ALL);
        keys.put("agent.host.closed-networks", "none");

        assertThat(setup(keys).gateway().closedNetworks()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agent.host.id|the host's name in the whole suite, such as tokyo-c01",
                "agent.host.roles|one or more of compute, gateway and storage, with commas between",
                "agent.host.trunk|the network interface that carries the VLANs",
                "agent.host.pools|one or more volume groups, or thin pools as group/pool, with commas between",
                "agent.host.portal|an IP address and a port from 1 to 65535, such as 10.10.0.31:3260 or [fd00::31]:3260",
                "agent.host.wan-address|the IP address, or the name, at which the gateways of other sites reach this one",
                "agent.host.outside|the network interface through which clusters reach the outside",
                "agent.host.closed-networks|networks that no cluster may reach, such as 10.10.0.0/24, with commas between, or none",
                "agent.host.boot.kernel|a kernel's file, as there is an initrd"
            })
    void whatIsMissingIsNamedWithWhatItAllows(String key, String allowed) {
        Map<String, String> keys = new HashMap<>(ALL);
        keys.remove(key);

        assertThatThrownBy(() -> setup(keys)).hasMessage(key + " must be set: " + allowed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agent.host.id|Tokyo C01|a lower-case host name",
                "agent.host.trunk|eth1/2|the network interface",
                "agent.host.pools|vg0,-x|one or more volume groups",
                "agent.host.pools|a/b/c|one or more volume groups",
                "agent.host.portal|10.10.0.31|an IP address and a port from 1 to 65535",
                "agent.host.portal|10.10.0.31:70000|an IP address and a port from 1 to 65535",
                "agent.host.portal|10.10.0.310:3260|an IP address and a port",
                "agent.host.portal|10.10.31:3260|an IP address and a port",
                "agent.host.portal|[fd00::1::2]:3260|an IP address and a port",
                "agent.host.wan-address|a b|the IP address, or the name, at which",
                "agent.host.wan-address|192.0.2.256|the IP address, or the name, at which",
                "agent.host.wan-address|192.0.2|the IP address, or the name, at which",
                "agent.host.wan-address|fd00:::1|the IP address, or the name, at which",
                "agent.host.closed-networks|10.10.0.0|networks that no cluster may reach",
                "agent.host.closed-networks|none,10.10.0.0/24|networks that no cluster may reach",
                "agent.host.closed-networks|10.10.0.0/33|networks that no cluster may reach",
                "agent.host.closed-networks|10.10.256.0/24|such as 10.10.0.0/24",
                "agent.host.reserved-cpus|-1|0 or more",
                "agent.host.wipe-bytes-per-second|10KiB|1MiB or more",
                "agent.host.keep-writes|PT29S|a duration of 30 s or more",
                "agent.host.command-limit|PT0S|a duration of 1 s or more"
            })
    void whatCanNotBeIsRefusedByItsKey(String key, String value, String allowed) {
        Map<String, String> keys = new HashMap<>(ALL);
        keys.put(key, value);

        assertThatThrownBy(() -> setup(keys))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key)
                .hasMessageContaining(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "agent.host.portal,255.0.2.9:1",
        "agent.host.portal,[::1]:65535",
        "agent.host.wan-address,g1.tokyo.example",
        "agent.host.wan-address,2001:db8::1",
        "agent.host.wan-address,203.0.113.249",
        "agent.host.closed-networks,0.0.0.0/0",
        "agent.host.closed-networks,192.168.100.200/32"
    })
    void whatCanBeIsTaken(String key, String value) {
        Map<String, String> keys = new HashMap<>(ALL);
        keys.put(key, value);

        assertThat(setup(keys).toString()).contains(value);
    }

    @Test
    void aPathIsTakenFromWhereTheAgentWasStarted() {
        Map<String, String> keys = new HashMap<>(ALL);
        keys.put("agent.host.cache-directory", "cache");

        assertThat(setup(keys).gateway().cacheDirectory())
                .isEqualTo(Path.of("cache").toAbsolutePath());
    }

    @Test
    void aRoleThatIsNoneIsRefusedWithThoseThatThereAre() {
        Map<String, String> keys = new HashMap<>(ALL);
        keys.put("agent.host.roles", "router");

        assertThatThrownBy(() -> setup(keys))
                .hasMessageContaining("agent.host.roles")
                .hasMessageContaining("router")
                .hasMessageContaining("gateway");
    }

    private static HostSetup setup(Map<String, String> keys) {
        return HostSetup.of(ConfigFixture.of(keys).host());
    }
}

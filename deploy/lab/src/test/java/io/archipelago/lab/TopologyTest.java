package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopologyTest {

    /** What the kernel allows for a name of a network interface. */
    private static final int LONGEST_NAME = 15;

    private final List<Nic> nics =
            Topology.hosts().stream().flatMap(host -> host.nics().stream()).toList();

    @Test
    void hostsAreCalledAsInLocalMode() {
        for (HostPlan host : Topology.hosts()) {
            if (host.role() != Role.WAN) {
                assertThat(Topology.SITES.stream().flatMap(site -> site.hosts().stream()))
                        .contains(host.name());
            }
        }
        assertThat(Topology.hosts()).hasSize(9);
    }

    @Test
    void noTwoInterfacesHaveTheSameNameOrAddress() {
        assertThat(nics).extracting(Nic::tap).doesNotHaveDuplicates();
        assertThat(nics).extracting(Nic::mac).doesNotHaveDuplicates();
        assertThat(nics.stream().map(nic -> Optional.ofNullable(nic.address())).flatMap(Optional::stream))
                .doesNotHaveDuplicates();
    }

    @Test
    void everyInterfaceIsPluggedIntoANetworkThatIsThere() {
        assertThat(Topology.bridges())
                .containsAll(nics.stream().map(Nic::bridge).toList());
        assertThat(nics).allMatch(nic -> nic.tap().length() <= LONGEST_NAME);
        assertThat(Topology.bridges()).allMatch(bridge -> bridge.length() <= LONGEST_NAME);
    }

    @Test
    void someHostsAloneCanBeBuilt() {
        Settings settings = Settings.standard().only("tokyo-s1");

        assertThat(settings.plan()).extracting(HostPlan::name).containsExactly("tokyo-s1");
        assertThatThrownBy(() -> settings.only("kyoto-s1").plan())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kyoto-s1")
                .hasMessageContaining("tokyo-s1");
    }
}

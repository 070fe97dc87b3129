package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Links between two gateways, of every kind that Linux has. Runs on a gateway of the laboratory. */
class LinuxLinkDriverLT {

    private final TwoGateways gateways;

    LinuxLinkDriverLT() throws IOException, DriverFault {
        gateways = new TwoGateways(null);
    }

    @AfterEach
    void leaveNothing() throws IOException, DriverFault {
        gateways.close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CONSOLE")
    void carriesFullFramesAndComesBackAfterACut(LinkDriver way) throws Exception {
        // Given
        LinkSpec spec = gateways.tokyo.spec(way, gateways.osaka);
        gateways.open(way);
        gateways.tokyo.awaitThat(spec, Condition.READY);
        gateways.osaka.awaitThat(gateways.osaka.spec(way, gateways.tokyo), Condition.READY);
        pingBothWays(spec.mtu());

        // When
        gateways.cut();

        // Then
        Observed cut = gateways.tokyo.awaitThat(spec, Condition.BROKEN);
        assertThat(cut.reason()).contains("osaka");

        // When
        gateways.mend();

        // Then
        gateways.tokyo.awaitThat(spec, Condition.READY);
        pingBothWays(spec.mtu());

        // When
        gateways.tokyo.restartAgent();

        // Then
        assertThat(gateways.tokyo.seen(spec))
                .hasValueSatisfying(seen -> assertThat(seen.condition()).isEqualTo(Condition.READY));
    }

    private void pingBothWays(int mtu) throws DriverFault {
        String bytes = Integer.toString(mtu - 28);
        gateways.tokyo.inCluster(
                "ping", "-n", "-M", "do", "-s", bytes, "-c", "1", "-w", "3", gateways.osaka.clusterAddress());
        gateways.osaka.inCluster(
                "ping", "-n", "-M", "do", "-s", bytes, "-c", "1", "-w", "3", gateways.tokyo.clusterAddress());
    }
}

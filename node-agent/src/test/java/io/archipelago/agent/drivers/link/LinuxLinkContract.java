package io.archipelago.agent.drivers.link;

import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.EveryDeath;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Links of a Linux gateway do what all links do, whichever way they go. Runs on a gateway of the laboratory. */
abstract class LinuxLinkContract extends LinkContract {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    private final TwoGateways gateways;

    private final LinkDriver way;

    LinuxLinkContract(LinkDriver way) throws IOException, DriverFault {
        this.way = way;
        gateways = new TwoGateways();
    }

    @BeforeEach
    void openTheOtherEnd() throws DriverFault {
        gateways.osaka.apply(gateways.osaka.spec(way, gateways.tokyo));
    }

    @AfterEach
    void leaveNothing() throws IOException, DriverFault {
        gateways.close();
    }

    @Test
    void outlivesThatAgentsAreKilledBetweenAnyTwoCommands() throws Exception {
        // Given
        var deaths = new EveryDeath<>(gateways.tokyo.programs, gateways.tokyo::newDriver, gateways::traces);

        // When, then
        deaths.play(LINK, spec(MTU));
    }

    @Override
    protected Driver<LinkSpec> driver() {
        gateways.tokyo.restartAgent();
        return gateways.tokyo.driver();
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected LinkSpec spec(int mtu) {
        return gateways.tokyo.spec(way, gateways.osaka, mtu, 0);
    }

    /** Looks so often that the next agent comes as soon after the link is proven as one can. */
    @Override
    protected void settle(LinkSpec spec) {
        await().atMost(TwoGateways.PATIENCE)
                .pollInterval(BETWEEN_LOOKS)
                .until(() -> gateways.tokyo.driver().observe(Map.of(LINK, spec), now()).values().stream()
                        .noneMatch(seen -> seen.condition() == Condition.MAKING));
    }

    @Override
    protected void loseSegment() {
        try {
            gateways.tokyo.loseSegment();
        } catch (DriverFault e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected void cutPower() {
        try {
            gateways.tokyo.cutPower();
        } catch (DriverFault e) {
            throw new AssertionError(e);
        }
    }
}

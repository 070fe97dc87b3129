package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.EveryDeath;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Segments of a real kernel do what all segments do. Runs in a host of the laboratory. */
class LinuxSegmentContractLT extends SegmentContract {

    private static final LabHost LAB = new LabHost();

    private LinuxSegmentDriver driver = LAB.gateway();

    @BeforeAll
    static void begin() throws Exception {
        LAB.begin();
    }

    @AfterEach
    void leaveNothing() throws Exception {
        LAB.removeAll(driver);
    }

    @AfterAll
    static void end() throws Exception {
        LAB.end();
    }

    @ParameterizedTest
    @EnumSource
    void outlivesThatAgentsAreKilledBetweenAnyTwoCommands(Role role) throws Exception {
        // Given
        var deaths = new EveryDeath<>(LAB.programs(), with -> LAB.gateway(with, false), LAB::snapshot);

        // When, then
        deaths.play(SEGMENT, spec(role, 101, 1400));
    }

    @Override
    protected Driver<SegmentSpec> driver() {
        return driver;
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected void settle() {}

    /** Of which nothing is left. */
    @Override
    protected void cutPower() {
        try {
            LAB.removeAll(driver);
        } catch (DriverFault e) {
            throw new AssertionError(e);
        }
        driver = LAB.gateway();
    }
}

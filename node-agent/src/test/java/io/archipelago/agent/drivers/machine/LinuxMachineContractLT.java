package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.EveryDeath;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Machines of libvirt do what all machines do. Runs on a compute host of the laboratory. */
class LinuxMachineContractLT extends MachineContract {

    private final LinuxMachines machines = new LinuxMachines();

    @BeforeAll
    static void makeDisksAndABridge() throws Exception {
        LinuxMachines.HOST.make();
    }

    @AfterAll
    static void removeDisksAndBridge() throws Exception {
        LinuxMachines.HOST.remove();
    }

    @BeforeEach
    void beginWithNothing() throws Exception {
        machines.beginWithNothing();
    }

    @AfterEach
    void leaveNothing() throws Exception {
        machines.leaveNothing();
    }

    @Test
    void outlivesThatAgentsAreKilledBetweenAnyTwoCommands() throws Exception {
        // Given
        var deaths = new EveryDeath<>(
                LinuxMachines.HOST.programs(),
                with -> LinuxMachines.HOST.driver(with, LinuxMachines.UNTIL_UNPLUGGED, () -> {}),
                LinuxMachines.HOST::traces);

        // When, then
        deaths.play(MACHINE, spec("n1"));
    }

    @Override
    protected Driver<MachineSpec> driver() {
        return machines.driver();
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected void settle() {
        machines.settle();
    }

    /** Of what it leaves: the definitions. */
    @Override
    protected void cutPower() throws Exception {
        LinuxMachines.HOST.killQemu(MACHINE);
        machines.awaitBroken(MACHINE, spec("n1"), "");
        machines.restartAgent();
    }
}

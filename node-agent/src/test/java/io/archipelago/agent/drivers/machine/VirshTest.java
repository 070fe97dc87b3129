package io.archipelago.agent.drivers.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.machine.Domain.State;
import io.archipelago.agent.drivers.machine.DomainWriter.Sockets;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class VirshTest {

    private final Virsh virsh = new Virsh(new Programs(Duration.ofSeconds(1)));

    @Test
    void readsOursOutOfAllThatIsSaid() throws Exception {
        String said = "archipelago-domain:running (booted)\n" + definition("n1") + "\n"
                + "archipelago-domain:\nshut off (shutdown)\n\n" + definition("n2")
                + "archipelago-domain:running (booted)\n<domain><name>database</name></domain>\n"
                + "archipelago-domain:\n\narchipelago-domain:";

        assertThat(virsh.parse(said))
                .extracting(Domain::key, Domain::state, Domain::why)
                .containsExactly(
                        tuple(SiteFixture.machineKey("n1"), State.RUNNING, "booted"),
                        tuple(SiteFixture.machineKey("n2"), State.OFF, "shutdown"));
    }

    private static String definition(String name) {
        ResourceKey key = SiteFixture.machineKey(name);
        Sockets sockets = new Sockets(Path.of("/dev/sda"), "ab17", 1400, Path.of("/consoles/a.log"));
        return new DomainWriter(null)
                .write(key, MachineContract.spec(name), sockets)
                .replaceFirst("<\\?xml.*?\\?>", "");
    }
}

package io.archipelago.agent.drivers.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.machine.DomainWriter.Sockets;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endings that no guest can be made to time: a program answers instead of libvirt. */
class EndingsTest {

    private static final ResourceKey N1 = SiteFixture.machineKey("n1");
    private static final Duration NO_PATIENCE = Duration.ZERO;

    @TempDir
    Path directory;

    private Virsh virsh;
    private Domains domains;
    private Endings endings;
    private final List<ResourceKey> givenUp = new ArrayList<>();

    @BeforeEach
    void aRunningDomain() throws Exception {
        Files.writeString(directory.resolve("definition"), definition());
        state("running (booted)");
        Path program = directory.resolve("virsh");
        Files.writeString(program, """
                cd "$1"
                case "$2" in
                  echo*) echo "archipelago-domain:$3$(cat state)"; cat definition
                         echo "archipelago-domain:list$(cat name)" ;;
                  event) exec sleep 60 ;;
                  shutdown) if [ -e listens ]; then echo "shut off (shutdown)" > state; fi ;;
                  destroy) if [ -e stuck ]; then echo "error: Failed to terminate process 7 with SIGKILL: Device or resource busy" >&2; exit 1; fi
                           if [ -e after ]; then mv after state; fi
                           echo "error: Requested operation is not valid: domain is not running" >&2; exit 1 ;;
                esac
                """.replace("$3", Domain.uuid(N1).toString()));
        Files.writeString(directory.resolve("name"), Domain.uuid(N1) + " " + Domain.name(N1) + "\n");
        virsh = new Virsh(
                new Programs(Duration.ofSeconds(20)), List.of("sh", program.toString(), directory.toString()));
        domains = new Domains(virsh, () -> {});
        endings = new Endings(virsh, domains, this::giveUp, NO_PATIENCE);
    }

    @AfterEach
    void leaveNothing() {
        domains.close();
    }

    @Test
    void aDomainThatEndsWhileItsPlugIsPulledHasEnded() throws Exception {
        Files.writeString(directory.resolve("after"), "shut off (shutdown)\n");

        assertThatCode(() -> endings.end(N1)).doesNotThrowAnyException();

        assertThat(domains.get(N1))
                .hasValueSatisfying(seen -> assertThat(seen.state()).isEqualTo(Domain.State.OFF));
    }

    @Test
    void aDomainThatGoesOnRunningHasNot() {
        assertThatThrownBy(() -> endings.end(N1))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("libvirt refuses to destroy");
    }

    @Test
    void aDomainThatWaitsForItsStorageHostDoesNotWaitAnyLonger() throws Exception {
        Files.writeString(directory.resolve("stuck"), "");
        Files.writeString(directory.resolve("after"), "shut off (destroyed)\n");

        assertThatCode(() -> endings.end(N1)).doesNotThrowAnyException();

        assertThat(givenUp).containsExactly(MachineContract.spec("n1").disk());
    }

    @Test
    void aGuestThatEndsByItselfWritesToTheLast() throws Exception {
        Files.writeString(directory.resolve("listens"), "");

        new Endings(virsh, domains, this::giveUp, Duration.ofSeconds(1)).end(N1);

        assertThat(givenUp).isEmpty();
    }

    private void giveUp(ResourceKey disk) {
        givenUp.add(disk);
        directory.resolve("stuck").toFile().delete();
    }

    private void state(String state) throws Exception {
        Files.writeString(directory.resolve("state"), state + "\n");
    }

    private static String definition() {
        Sockets sockets = new Sockets(Path.of("/dev/sda"), "8:0", "ab17", 1400, Path.of("/consoles/a.log"));
        return new DomainWriter(null)
                .write(N1, MachineContract.spec("n1"), sockets)
                .replaceFirst("<\\?xml.*?\\?>", "");
    }
}

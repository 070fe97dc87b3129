package io.archipelago.agent.drivers.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.machine.Domain.Hardware;
import io.archipelago.agent.drivers.machine.Domain.State;
import io.archipelago.agent.drivers.machine.DomainWriter.Sockets;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is written into a definition is read from it again. */
class DomainWriterTest {

    private static final ResourceKey MACHINE = SiteFixture.machineKey("vcompute-1-3");
    private static final MachineSpec SPEC = new MachineSpec(
            "a<b&\"c\"",
            3,
            512L << 20,
            "02:00:00:00:00:01",
            "172.16.1.1",
            SiteFixture.diskKey("vcompute-1-3"),
            SiteFixture.segmentKey(),
            2);
    private static final Sockets SOCKETS =
            new Sockets(Path.of("/dev/disk/<1>"), "8:16", "ab17", 1400, Path.of("/var/lib/archipelago/consoles/a.log"));

    @Test
    void writesWhatIsReadAgain() throws Exception {
        Domain domain = read("running (booted)", definition()).orElseThrow();

        assertThat(domain.key()).isEqualTo(MACHINE);
        assertThat(domain.state()).isEqualTo(State.RUNNING);
        assertThat(domain.uses()).containsExactlyInAnyOrder(SPEC.disk(), SPEC.segment());
        assertThat(domain.hardware())
                .isEqualTo(new Hardware(
                        SPEC.name(),
                        3,
                        SPEC.memoryBytes(),
                        SPEC.mac(),
                        SPEC.address(),
                        SOCKETS.disk().toString(),
                        "8:16",
                        "ab17",
                        2));
    }

    @Test
    void readsAlsoWhatAnOlderAgentHasWritten() throws Exception {
        String older = definition().replace(" device=\"8:16\"", "").replace(" reboot=\"2\"", "");

        Hardware hardware = read("running (booted)", older).orElseThrow().hardware();
        assertThat(hardware.device()).isEmpty();
        assertThat(hardware.reboot()).isZero();
    }

    @Test
    void takesACopyOfOneOfOursForSomebodyElses() throws Exception {
        String copy = definition().replace(Domain.uuid(MACHINE).toString(), "00000000-0000-4000-8000-000000000001");

        assertThat(read("running (booted)", copy)).isEmpty();
    }

    @Test
    void takesADomainWithoutOurKeyForSomebodyElses() throws Exception {
        assertThat(read(
                        "shut off (unknown)",
                        "<domain><name>db</name><metadata><x:y xmlns:x='x'/></metadata></domain>"))
                .isEmpty();
    }

    @Test
    void tellsWhyADomainIsOff() throws Exception {
        Domain domain = read("shut off (crashed)", definition()).orElseThrow();

        assertThat(domain.state()).isEqualTo(State.OFF);
        assertThat(domain.why()).isEqualTo("crashed");
    }

    @Test
    void bootsFromTheNetworkAndThenFromTheDisk() {
        assertThat(definition())
                .containsSubsequence("<interface", "<boot order=\"1\"", "<disk", "<boot order=\"2\"")
                .doesNotContain("<kernel>");
    }

    @Test
    void bootsFromTheKernelThatALaboratoryGives() {
        DirectBoot boot = new DirectBoot(Path.of("/boot/k"), Path.of("/boot/i"), "console=ttyS0 quiet");

        assertThat(new DomainWriter(boot).write(MACHINE, SPEC, SOCKETS))
                .contains(
                        "<kernel>/boot/k</kernel>",
                        "<initrd>/boot/i</initrd>",
                        "<cmdline>console=ttyS0 quiet</cmdline>");
    }

    @Test
    void refusesAKeyThatIsNone() {
        assertThatThrownBy(() -> read("running", definition().replace(MACHINE.toString(), "nonsense")))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining(Domain.name(MACHINE));
    }

    @Test
    void givesShortNamesThatAreTheOnlyOnes() {
        ResourceKey same = ResourceKey.parse("machine/" + SiteFixture.allocation(2) + ".vcompute-1-3");

        assertThat(Domain.name(MACHINE)).matches("archipelago-vcompute-1-3-[0-9a-f]{8}");
        assertThat(Domain.name(same)).isNotEqualTo(Domain.name(MACHINE));
    }

    private static String definition() {
        // As libvirt gives it back: memory in KiB.
        return new DomainWriter(null)
                .write(MACHINE, SPEC, SOCKETS)
                .replace("unit=\"b\">" + SPEC.memoryBytes(), "unit=\"KiB\">" + SPEC.memoryBytes() / 1024);
    }

    private static java.util.Optional<Domain> read(String state, String definition) throws DriverFault {
        return new DomainReader().read(state, definition);
    }
}

package io.archipelago.agent.drivers.machine;

import static io.archipelago.agent.drivers.machine.LinuxMachines.HOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.InEveryRun;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What machines of libvirt do beyond what all do. Runs on a compute host of the laboratory. */
@ExtendWith(Drawn.class)
class LinuxMachineLT extends MachineCalls {

    private static final Duration LONG = Duration.ofMinutes(10);

    private final LinuxMachines machines = new LinuxMachines();

    @BeforeAll
    static void makeDisksAndABridge() throws Exception {
        HOST.make();
    }

    @AfterAll
    static void removeDisksAndBridge() throws Exception {
        HOST.remove();
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
    void bootsOnItsSegmentAndEndsWhenItIsAsked() throws Exception {
        // Given
        machines.restartAgent(LONG);
        MachineSpec spec = spec("n1");

        // When
        make(MACHINE, spec);

        // Then
        awaitReady();
        assertThat(HOST.console(MACHINE))
                .as("how often that disk was booted from before depends on how far the other tests let it")
                .contains("READY n1 " + spec.address() + " mtu=" + MachineHost.MTU + " disk=n1:");
        assertThat(get("http://" + spec.address() + "/")).contains("\"name\":\"n1\"");
        driver().remove(MACHINE, now());
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.REMOVING);
        await().atMost(LinuxMachines.PATIENCE)
                .until(() -> observe(MACHINE, spec).isEmpty());
    }

    @Test
    @InEveryRun
    void bootsFromItsDiskAgainWhenItIsRebooted() throws Exception {
        // Given
        machines.restartAgent(LONG);
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        awaitReady();
        int boots = boots();
        long before = HOST.qemu(MACHINE);

        // When
        make(MACHINE, spec.rebootedWith(2));

        // Then
        assertThat(condition(MACHINE, spec.rebootedWith(2))).isEqualTo(Condition.READY);
        assertThat(HOST.qemu(MACHINE)).isNotEqualTo(before);
        await().atMost(LinuxMachines.PATIENCE).until(() -> boots() == boots + 1);
    }

    @Test
    void isStartedAgainWhenItHasSwitchedItselfOff() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        awaitReady();
        HOST.virsh("shutdown", Domain.name(MACHINE));
        awaitBroken(spec, "has switched itself off");

        // When
        make(MACHINE, spec);

        // Then
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.READY);
        await().atMost(LinuxMachines.PATIENCE).until(() -> HOST.console(MACHINE).contains("disk=n1:"));
    }

    @Test
    void isStartedAgainAfterItsKernelPanicked() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        awaitReady();
        HOST.virsh("inject-nmi", Domain.name(MACHINE));
        awaitBroken(spec, "its kernel panicked");

        // When
        make(MACHINE, spec);

        // Then
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.READY);
        assertThat(HOST.console(MACHINE)).contains("READY n1");
    }

    @Test
    @InEveryRun
    void wakesTheAgentWhenItsQemuIsKilled() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.READY);
        int before = machines.wakes();

        // When
        HOST.killQemu(MACHINE);

        // Then
        await().atMost(Duration.ofSeconds(10)).until(() -> machines.wakes() > before);
        awaitBroken(spec, "its QEMU was killed or crashed");
    }

    @Test
    void goesOnRunningUnderTheNextAgent() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        long qemu = HOST.qemu(MACHINE);

        // When
        machines.restartAgent();
        make(MACHINE, spec);

        // Then
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.READY);
        assertThat(HOST.qemu(MACHINE)).isEqualTo(qemu);
    }

    @Test
    void isResumedWhenSomebodyHasPausedIt() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        HOST.virsh("suspend", Domain.name(MACHINE));
        awaitBroken(spec, "is paused: user");

        // When
        make(MACHINE, spec);

        // Then
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.READY);
    }

    @Test
    void isStartedAnewWhenItsDiskHasBecomeAnotherDevice() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.READY);
        long before = HOST.qemu(MACHINE);
        try {
            // When
            HOST.attachAnew("n1", "n2");

            // Then
            awaitBroken(spec, "its disk was attached anew");

            // When
            make(MACHINE, spec);

            // Then
            assertThat(condition(MACHINE, spec)).isEqualTo(Condition.READY);
            assertThat(HOST.qemu(MACHINE)).isNotEqualTo(before);
        } finally {
            HOST.attachAnew("n1", "n1");
        }
    }

    @Test
    void tellsWhyItCanNotBeStarted() throws Exception {
        // Given
        MachineSpec spec = spec("gone");

        // When
        make(MACHINE, spec);

        // Then
        assertThat(seen(MACHINE, spec)).satisfies(seen -> {
            assertThat(seen.condition()).isEqualTo(Condition.BROKEN);
            assertThat(seen.reason()).contains(MachineHost.NO_DEVICE.toString());
        });
        assertThatThrownBy(() -> driver().apply(MACHINE, spec, now()))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining(MachineHost.NO_DEVICE.toString());
    }

    @Test
    @InEveryRun
    void leavesADomainOfOthersAlone() throws Exception {
        // Given
        String foreign = "<domain type='qemu'><name>%s</name><memory>8192</memory><os><type>hvm</type></os></domain>"
                .formatted(Domain.name(MACHINE));
        HOST.define(foreign);
        try {
            // Then
            assertThat(driver().observe(Map.of(), now())).isEmpty();
            assertThatThrownBy(() -> driver().apply(MACHINE, spec("n1"), now()))
                    .isInstanceOf(DriverFault.class)
                    .hasMessageContaining("a domain that is not ours has the name " + Domain.name(MACHINE));
            driver().remove(MACHINE, now());
            assertThat(HOST.virsh("list", "--all", "--name")).contains(Domain.name(MACHINE));
        } finally {
            HOST.virsh("undefine", Domain.name(MACHINE));
        }
    }

    @Test
    void saysWhatToDoWhenLibvirtHangs() throws Exception {
        // Given
        LinuxMachineDriver impatient =
                HOST.driver(new Programs(Duration.ofSeconds(5)), LinuxMachines.UNTIL_UNPLUGGED, () -> {});
        HOST.stopLibvirt();
        try {
            // Then
            assertThatThrownBy(() -> impatient.observe(Map.of(), now()))
                    .isInstanceOf(DriverFault.class)
                    .hasMessageContaining("gave no answer within 5 s")
                    .hasMessageContaining("systemctl restart libvirtd");
        } finally {
            HOST.continueLibvirt();
            impatient.close();
        }
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

    private void awaitReady() {
        await().atMost(LinuxMachines.PATIENCE).until(() -> HOST.console(MACHINE).contains("READY n1"));
    }

    /** How often its disk was booted from, as it says last. */
    private static int boots() throws IOException {
        return Pattern.compile("disk=n1:(\\d+)")
                .matcher(HOST.console(MACHINE))
                .results()
                .mapToInt(said -> Integer.parseInt(said.group(1)))
                .max()
                .orElse(0);
    }

    private void awaitBroken(MachineSpec spec, String reason) {
        machines.awaitBroken(MACHINE, spec, reason);
    }

    private static String get(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}

package io.archipelago.agent.drivers.machine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.EveryDeath;
import io.archipelago.agent.drivers.Observed;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Machines of libvirt do what all machines do, and what only real ones can. Runs on a compute host of the laboratory. */
class LinuxMachineContractLT extends MachineContract {

    private static final MachineHost HOST = new MachineHost();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration UNTIL_UNPLUGGED = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofMinutes(10);

    private final AtomicInteger wakes = new AtomicInteger();
    private LinuxMachineDriver driver = HOST.driver(UNTIL_UNPLUGGED, wakes::incrementAndGet);

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
        leaveNothing();
        driver = HOST.driver(UNTIL_UNPLUGGED, wakes::incrementAndGet);
    }

    @AfterEach
    void leaveNothing() throws Exception {
        settle();
        await().atMost(PATIENCE).until(() -> {
            for (var key : driver.observe(Map.of(), now()).keySet()) {
                driver.remove(key, now());
            }
            return driver.observe(Map.of(), now()).isEmpty();
        });
        driver.close();
        assertThat(HOST.consoles()).isEmpty();
    }

    @Test
    void bootsOnItsSegmentAndEndsWhenItIsAsked() throws Exception {
        // Given
        driver.close();
        driver = HOST.driver(LONG, wakes::incrementAndGet);
        MachineSpec spec = spec("n1");

        // When
        make(MACHINE, spec);

        // Then
        awaitReady();
        assertThat(HOST.console(MACHINE))
                .as("how often that disk was booted from before depends on how far the other tests let it")
                .contains("READY n1 " + spec.address() + " mtu=" + MachineHost.MTU + " disk=n1:");
        assertThat(get("http://" + spec.address() + "/")).contains("\"name\":\"n1\"");
        driver.remove(MACHINE, now());
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.REMOVING);
        await().atMost(PATIENCE).until(() -> observe(MACHINE, spec).isEmpty());
    }

    @Test
    void outlivesThatAgentsAreKilledBetweenAnyTwoCommands() throws Exception {
        // Given
        var deaths =
                new EveryDeath<>(HOST.programs(), with -> HOST.driver(with, UNTIL_UNPLUGGED, () -> {}), HOST::traces);

        // When, then
        deaths.play(MACHINE, spec("n1"));
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
        await().atMost(PATIENCE).until(() -> HOST.console(MACHINE).contains("disk=n1:"));
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
    void wakesTheAgentWhenItsQemuIsKilled() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        assertThat(condition(MACHINE, spec)).isEqualTo(Condition.READY);
        int before = wakes.get();

        // When
        HOST.killQemu(MACHINE);

        // Then
        await().atMost(Duration.ofSeconds(10)).until(() -> wakes.get() > before);
        awaitBroken(spec, "its QEMU was killed or crashed");
    }

    @Test
    void goesOnRunningUnderTheNextAgent() throws Exception {
        // Given
        MachineSpec spec = spec("n1");
        make(MACHINE, spec);
        long qemu = HOST.qemu(MACHINE);

        // When
        driver.close();
        driver = HOST.driver(UNTIL_UNPLUGGED, wakes::incrementAndGet);
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
        assertThatThrownBy(() -> driver.apply(MACHINE, spec, now()))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining(MachineHost.NO_DEVICE.toString());
    }

    @Test
    void leavesADomainOfOthersAlone() throws Exception {
        // Given
        String foreign = "<domain type='qemu'><name>%s</name><memory>8192</memory><os><type>hvm</type></os></domain>"
                .formatted(Domain.name(MACHINE));
        HOST.define(foreign);
        try {
            // Then
            assertThat(driver.observe(Map.of(), now())).isEmpty();
            assertThatThrownBy(() -> driver.apply(MACHINE, spec("n1"), now()))
                    .isInstanceOf(DriverFault.class)
                    .hasMessageContaining("a domain that is not ours has the name " + Domain.name(MACHINE));
            driver.remove(MACHINE, now());
            assertThat(HOST.virsh("list", "--all", "--name")).contains(Domain.name(MACHINE));
        } finally {
            HOST.virsh("undefine", Domain.name(MACHINE));
        }
    }

    @Test
    void saysWhatToDoWhenLibvirtHangs() throws Exception {
        // Given
        LinuxMachineDriver impatient = HOST.driver(new Programs(Duration.ofSeconds(5)), UNTIL_UNPLUGGED, () -> {});
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
        return driver;
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected void settle() {
        await().atMost(PATIENCE)
                .until(() -> driver.observe(Map.of(), now()).values().stream()
                        .noneMatch(seen ->
                                seen.condition() == Condition.MAKING || seen.condition() == Condition.REMOVING));
    }

    /** Of what it leaves: the definitions. */
    @Override
    protected void cutPower() throws Exception {
        HOST.killQemu(MACHINE);
        awaitBroken(spec("n1"), "");
        driver.close();
        driver = HOST.driver(UNTIL_UNPLUGGED, wakes::incrementAndGet);
    }

    private void awaitReady() {
        await().atMost(PATIENCE).until(() -> HOST.console(MACHINE).contains("READY n1"));
    }

    private void awaitBroken(MachineSpec spec, String reason) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Observed seen = requireNonNull(observe(MACHINE, spec).get(MACHINE));
            assertThat(seen.condition()).isEqualTo(Condition.BROKEN);
            assertThat(seen.reason()).contains(reason);
        });
    }

    private static String get(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}

package io.archipelago.agent.drivers.machine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The agent of a laboratory host on which machines run. */
final class LinuxMachines {

    static final MachineHost HOST = new MachineHost();
    static final Duration PATIENCE = Duration.ofMinutes(3);
    static final Duration UNTIL_UNPLUGGED = Duration.ofSeconds(2);

    private final AtomicInteger wakes = new AtomicInteger();
    private LinuxMachineDriver driver = newDriver(UNTIL_UNPLUGGED);

    private LinuxMachineDriver newDriver(Duration untilUnplugged) {
        return HOST.driver(untilUnplugged, wakes::incrementAndGet);
    }

    LinuxMachineDriver driver() {
        return driver;
    }

    /** How often it was woken. */
    int wakes() {
        return wakes.get();
    }

    void restartAgent() {
        restartAgent(UNTIL_UNPLUGGED);
    }

    /** @param untilUnplugged how long a machine has to end when it is asked to */
    void restartAgent(Duration untilUnplugged) {
        driver.close();
        driver = newDriver(untilUnplugged);
    }

    void beginWithNothing() throws Exception {
        leaveNothing();
        driver = newDriver(UNTIL_UNPLUGGED);
    }

    void leaveNothing() throws Exception {
        settle();
        await().atMost(PATIENCE).until(() -> {
            for (ResourceKey key : driver.observe(Map.of(), Instant.now()).keySet()) {
                driver.remove(key, Instant.now());
            }
            return driver.observe(Map.of(), Instant.now()).isEmpty();
        });
        driver.close();
        assertThat(HOST.consoles()).isEmpty();
    }

    /** Lets the host do what it has begun. */
    void settle() {
        await().atMost(PATIENCE)
                .until(() -> driver.observe(Map.of(), Instant.now()).values().stream()
                        .noneMatch(seen ->
                                seen.condition() == Condition.MAKING || seen.condition() == Condition.REMOVING));
    }

    void awaitBroken(ResourceKey key, MachineSpec spec, String reason) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Observed seen = requireNonNull(
                    driver.observe(Map.of(key, spec), Instant.now()).get(key));
            assertThat(seen.condition()).isEqualTo(Condition.BROKEN);
            assertThat(seen.reason()).contains(reason);
        });
    }
}

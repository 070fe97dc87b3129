package io.archipelago.agent.drivers.volume;

import static io.archipelago.agent.SiteFixture.SECOND;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.EveryDeath;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Volumes of LVM do what all volumes do. Runs on a storage host of the laboratory. */
class LinuxVolumeContractLT extends VolumeContract {

    private final StorageFixture storage = new StorageFixture();

    @AfterEach
    void leaveNothing() throws DriverFault {
        storage.leaveNothing();
    }

    @Test
    void outlivesThatAgentsAreKilledBetweenAnyTwoCommands() throws Exception {
        // Given
        var deaths = new EveryDeath<>(storage.programs(), storage::newDriver, storage::traces);

        // When, then
        deaths.play(VOLUME, spec(64 * MIB, INITIATOR, "secret-number-1"));
    }

    @Override
    protected Driver<VolumeSpec> driver() {
        return storage.driver();
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected String pool() {
        return StorageFixture.POOL;
    }

    @Override
    protected String sealed(String secret) {
        return SiteFixture.sealedTo(STORAGE, secret);
    }

    @Override
    protected String sealedElsewhere(String secret) {
        return SiteFixture.sealedTo(SECOND, secret);
    }

    @Override
    protected void settle() {
        await().atMost(StorageFixture.PATIENCE)
                .until(() -> driver().observe(Map.of(), now()).values().stream()
                        .noneMatch(seen -> seen.condition() == Condition.REMOVING));
    }

    @Override
    protected void cutPower() throws DriverFault {
        storage.cutPower();
    }
}

package io.archipelago.agent.drivers.volume;

import static io.archipelago.agent.SiteFixture.SECOND;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** Volumes of LVM do what all volumes do. Runs on a storage host of the laboratory. */
class LinuxVolumeContractLT extends VolumeContract {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PORTAL = "0.0.0.0:3260";

    private final Programs programs = new Programs(PATIENCE);
    private final LogicalVolumes volumes = new LogicalVolumes(programs);
    private final Targets targets =
            new Targets(new KernelTree(Path.of("/sys/kernel/config/target")), programs, STORAGE, PORTAL);
    private LinuxVolumeDriver driver = newDriver();

    private LinuxVolumeDriver newDriver() {
        return LinuxVolumeDriver.of(STORAGE, programs, LinuxVolumeContractLT::unseal, PORTAL, 1L << 30);
    }

    @AfterEach
    void leaveNothing() throws DriverFault {
        for (ResourceKey key : driver.observe(Map.of(), now()).keySet()) {
            driver.remove(key, now());
        }
        await().atMost(PATIENCE).until(() -> driver.observe(Map.of(), now()).isEmpty());
        driver.close();
    }

    @Override
    protected Driver<VolumeSpec> driver() {
        return driver;
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected String pool() {
        return "vg0";
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
        await().atMost(PATIENCE)
                .until(() -> driver.observe(Map.of(), now()).values().stream()
                        .noneMatch(seen -> seen.condition() == Condition.REMOVING));
    }

    /** Of what it leaves: the logical volumes, without devices, and no target. */
    @Override
    protected void cutPower() {
        driver.close();
        try {
            for (ResourceKey key : targets.all()) {
                targets.end(key);
            }
            for (LogicalVolume volume : volumes.all()) {
                programs.run("lvchange", "-qq", "--activate", "n", volume.path());
            }
        } catch (DriverFault e) {
            throw new AssertionError(e);
        }
        driver = newDriver();
    }

    private static Optional<String> unseal(String secret) {
        String prefix = STORAGE + ":";
        return secret.startsWith(prefix) ? Optional.of(secret.substring(prefix.length())) : Optional.empty();
    }
}

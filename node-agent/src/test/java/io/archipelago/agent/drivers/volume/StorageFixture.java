package io.archipelago.agent.drivers.volume;

import static io.archipelago.agent.SiteFixture.STORAGE;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.IscsiNames;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The storage side of a laboratory host, and what may befall it. */
public final class StorageFixture {

    public static final String POOL = "vg0";
    static final String THIN_POOL = "vg0/tp0";

    static final Path TARGETS = Path.of("/sys/kernel/config/target");
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final String EVERYWHERE = "0.0.0.0:3260";

    private final Programs programs = new Programs(PATIENCE);
    private final LogicalVolumes volumes = new LogicalVolumes(programs);
    private final Targets targets = new Targets(new KernelTree(TARGETS), programs, STORAGE, EVERYWHERE);
    private final Wiper.Pace pace;
    private LinuxVolumeDriver driver;

    public StorageFixture() {
        this(Wiper.Pace.of(1L << 30));
    }

    StorageFixture(Wiper.Pace pace) {
        this.pace = pace;
        this.driver = newDriver();
    }

    private LinuxVolumeDriver newDriver() {
        return newDriver(programs);
    }

    /** An agent that was just started, which gives its commands to these. */
    LinuxVolumeDriver newDriver(Programs with) {
        return LinuxVolumeDriver.of(STORAGE, with, StorageFixture::unseal, List.of(POOL, THIN_POOL), EVERYWHERE, pace);
    }

    LinuxVolumeDriver driver() {
        return driver;
    }

    Programs programs() {
        return programs;
    }

    /** All that volumes leave: logical volumes, and what is served. */
    List<String> traces() throws DriverFault, IOException {
        List<String> traces = new ArrayList<>(programs.run("lvs", "--noheadings", "--options", "lv_name")
                .lines()
                .toList());
        if (Files.exists(TARGETS)) {
            try (Stream<Path> served = Files.walk(TARGETS)) {
                served.filter(path -> path.getFileName().toString().matches("iqn\\..*|iblock_.+|.*\\.v.*"))
                        .forEach(path -> traces.add(path.toString()));
            }
        }
        return traces;
    }

    /** Has a volume made like this, and served. */
    public void export(ResourceKey key, long bytes, @Nullable HostId initiator, String secret) {
        VolumeSpec spec = new VolumeSpec(POOL, bytes, initiator, "user", SiteFixture.sealedTo(STORAGE, secret));
        await().atMost(PATIENCE)
                .ignoreExceptionsMatching(StorageFixture::isWaiting)
                .until(() -> {
                    driver.apply(key, spec, Instant.now());
                    return true;
                });
    }

    /** The agent is killed, and the next one started. */
    void restartAgent() {
        driver.close();
        driver = newDriver();
    }

    /** Of what a power cut leaves: the logical volumes, without devices, and no target. */
    public void cutPower() throws DriverFault {
        driver.close();
        for (ResourceKey key : targets.all()) {
            targets.end(key);
        }
        for (LogicalVolume volume : volumes.all()) {
            if (volume.key().isPresent()) {
                programs.run("lvchange", "-qq", "--activate", "n", volume.path());
            }
        }
        driver = newDriver();
    }

    /** Has a volume served with the serial number of another. */
    public void serveAsAnother(ResourceKey key, HostId initiator, String secret) throws DriverFault {
        targets.end(key);
        for (LogicalVolume volume : volumes.all()) {
            if (volume.key().filter(key::equals).isPresent()) {
                String serial = IscsiNames.serial(STORAGE, SiteFixture.volumeKey("another"));
                targets.serve(key, new Export(volume.device(), serial, initiator, "user", secret));
            }
        }
    }

    /** Removes all that is ours. */
    public void leaveNothing() throws DriverFault {
        for (ResourceKey key : driver.observe(Map.of(), Instant.now()).keySet()) {
            driver.remove(key, Instant.now());
        }
        await().atMost(PATIENCE)
                .until(() -> driver.observe(Map.of(), Instant.now()).isEmpty());
        driver.close();
    }

    public static boolean isWaiting(Throwable thrown) {
        return thrown instanceof DriverFault fault && fault.isWaiting();
    }

    private static Optional<String> unseal(String secret) {
        String prefix = STORAGE + ":";
        return secret.startsWith(prefix) ? Optional.of(secret.substring(prefix.length())) : Optional.empty();
    }
}

package io.archipelago.agent.drivers.disk;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.drivers.volume.SimVolumeDriver;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** Simulated disks do what all disks do. */
class SimDiskContractTest extends DiskContract {

    private static final Duration ATTACHING = Duration.ofSeconds(1);

    private final SiteFixture site = new SiteFixture();
    private Instant now = SiteFixture.NINE;

    @BeforeEach
    void attachingTakesTime() {
        site.site().setLatency(ResourceKind.DISK, ATTACHING);
    }

    @Override
    protected Driver<DiskSpec> driver() {
        return new SimDiskDriver(site.host(HOST));
    }

    @Override
    protected Instant now() {
        return now;
    }

    @Override
    protected String portal() {
        return "10.255.1.31:3260";
    }

    @Override
    protected void export(@Nullable HostId initiator, String secret) throws DriverFault {
        VolumeSpec spec = new VolumeSpec("vg0", 1L << 30, initiator, "user", SiteFixture.sealedTo(STORAGE, secret));
        new SimVolumeDriver(site.host(STORAGE)).apply(VOLUME, spec, now);
    }

    @Override
    protected void cutStoragePower() {
        site.host(STORAGE).cutPower(now);
        site.host(STORAGE).restorePower();
    }

    @Override
    protected void settle(@Nullable Condition condition) {
        now = now.plus(ATTACHING);
    }
}

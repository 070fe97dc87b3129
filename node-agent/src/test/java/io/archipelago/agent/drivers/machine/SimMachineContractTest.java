package io.archipelago.agent.drivers.machine;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.STORAGE;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;

/** Simulated machines do what all machines do. */
class SimMachineContractTest extends MachineContract {

    private static final Duration STARTING = Duration.ofSeconds(10);

    private final SiteFixture site = new SiteFixture();
    private Instant now = SiteFixture.NINE;

    @BeforeEach
    void theHostHasDisksAndASegment() {
        site.site().setLatency(ResourceKind.MACHINE, STARTING);
        for (String name : new String[] {"n1", "n2"}) {
            site.host(STORAGE).plant(SiteFixture.volumeKey(name), SiteFixture.volume(name, COMPUTE), now);
        }
        attach();
    }

    private void attach() {
        for (String name : new String[] {"n1", "n2"}) {
            site.host(COMPUTE).plant(SiteFixture.diskKey(name), SiteFixture.disk(COMPUTE, name), now);
        }
        site.host(COMPUTE).plant(SiteFixture.segmentKey(), SiteFixture.segment(123), now);
    }

    @Override
    protected Driver<MachineSpec> driver() {
        return new SimMachineDriver(site.host(COMPUTE));
    }

    @Override
    protected Instant now() {
        return now;
    }

    @Override
    protected void settle() {
        now = now.plus(STARTING);
    }

    @Override
    protected void cutPower() {
        site.host(COMPUTE).cutPower(now);
        site.host(COMPUTE).restorePower();
        attach();
    }
}

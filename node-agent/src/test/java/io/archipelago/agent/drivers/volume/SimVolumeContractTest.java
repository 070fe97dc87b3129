package io.archipelago.agent.drivers.volume;

import static io.archipelago.agent.SiteFixture.SECOND;
import static io.archipelago.agent.SiteFixture.STORAGE;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;

/** Simulated volumes do what all volumes do. */
class SimVolumeContractTest extends VolumeContract {

    private static final Duration MAKING = Duration.ofSeconds(1);

    private final SiteFixture site = new SiteFixture();
    private Instant now = SiteFixture.NINE;

    @BeforeEach
    void everyStepTakesTime() {
        site.site().setLatency(ResourceKind.VOLUME, MAKING);
    }

    @Override
    protected Driver<VolumeSpec> driver() {
        return new SimVolumeDriver(site.host(STORAGE));
    }

    @Override
    protected Instant now() {
        return now;
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
        now = now.plus(MAKING);
    }

    @Override
    protected void cutPower() {
        site.host(STORAGE).cutPower(now);
        site.host(STORAGE).restorePower();
    }
}

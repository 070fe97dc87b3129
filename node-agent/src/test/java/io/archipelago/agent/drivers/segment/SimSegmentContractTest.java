package io.archipelago.agent.drivers.segment;

import static io.archipelago.agent.SiteFixture.GATEWAY;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;

/** Simulated segments do what all segments do. */
class SimSegmentContractTest extends SegmentContract {

    private static final Duration MAKING = Duration.ofSeconds(1);

    private final SiteFixture site = new SiteFixture();
    private Instant now = SiteFixture.NINE;

    @BeforeEach
    void everyStepTakesTime() {
        site.site().setLatency(ResourceKind.SEGMENT, MAKING);
    }

    @Override
    protected Driver<SegmentSpec> driver() {
        return new SimSegmentDriver(site.host(GATEWAY));
    }

    @Override
    protected Instant now() {
        return now;
    }

    @Override
    protected void settle() {
        now = now.plus(MAKING);
    }

    @Override
    protected void cutPower() {
        site.host(GATEWAY).cutPower(now);
        site.host(GATEWAY).restorePower();
    }
}

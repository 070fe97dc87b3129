package io.archipelago.agent.drivers.cache;

import static io.archipelago.agent.SiteFixture.GATEWAY;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;

/** Simulated caches do what all caches do. */
class SimCacheContractTest extends CacheContract {

    private static final Duration MAKING = Duration.ofSeconds(1);

    private final SiteFixture site = new SiteFixture();
    private Instant now = SiteFixture.NINE;

    @BeforeEach
    void everyStepTakesTime() {
        site.site().setLatency(ResourceKind.CACHE, MAKING);
    }

    @Override
    protected Driver<CacheSpec> driver() {
        return new SimCacheDriver(site.host(GATEWAY));
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
        makeSegment();
    }

    @Override
    protected void makeSegment() {
        site.host(GATEWAY).make(SiteFixture.segmentKey(), SiteFixture.segment(101), now);
    }

    @Override
    protected void loseSegment() {
        site.host(GATEWAY).lose(SiteFixture.segmentKey());
    }
}

package io.archipelago.agent.drivers.link;

import static io.archipelago.agent.SiteFixture.GATEWAY;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.segment.SimSegmentDriver;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;

/** Simulated links do what all links do. */
class SimLinkContractTest extends LinkContract {

    private static final Duration MAKING = Duration.ofSeconds(1);

    private final SiteFixture site = new SiteFixture();
    private Instant now = SiteFixture.NINE;

    @BeforeEach
    void makeTheSegment() throws DriverFault {
        site.site().setLatency(ResourceKind.LINK, MAKING);
        new SimSegmentDriver(site.host(GATEWAY)).apply(SiteFixture.segmentKey(), SiteFixture.segment(101), now);
        now = now.plus(MAKING);
    }

    @Override
    protected Driver<LinkSpec> driver() {
        return new SimLinkDriver(site.host(GATEWAY));
    }

    @Override
    protected Instant now() {
        return now;
    }

    @Override
    protected LinkSpec spec(int mtu) {
        LinkSpec link = SiteFixture.link(20001);
        return new LinkSpec(link.segment(), link.peer(), true, link.ends(), mtu, LinkDriver.VXLAN, "", 1, 0);
    }

    @Override
    protected void settle(LinkSpec spec) {
        now = now.plus(MAKING);
    }

    @Override
    protected void loseSegment() {
        site.host(GATEWAY).remove(SiteFixture.segmentKey(), now);
        now = now.plus(MAKING);
    }

    @Override
    protected void cutPower() {
        site.host(GATEWAY).cutPower(now);
        site.host(GATEWAY).restorePower();
        try {
            new SimSegmentDriver(site.host(GATEWAY)).apply(SiteFixture.segmentKey(), SiteFixture.segment(101), now);
        } catch (DriverFault e) {
            throw new AssertionError(e);
        }
        now = now.plus(MAKING);
    }
}

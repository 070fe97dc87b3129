package io.archipelago.testkit;

import static io.archipelago.testkit.ParticipantFixture.COMPUTE;
import static io.archipelago.testkit.ParticipantFixture.GATEWAY;
import static io.archipelago.testkit.ParticipantFixture.OSAKA;
import static io.archipelago.testkit.ParticipantFixture.STORAGE;
import static io.archipelago.testkit.ParticipantFixture.TOKYO;

import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.host.LinkDriver;
import java.util.List;
import java.util.Map;

/** The commands that follow one another for an allocation. */
public final class Commands {

    private Commands() {}

    /** The same under the next sequence. */
    public static HoldAllocation again(HoldAllocation hold) {
        return new HoldAllocation(
                hold.allocation(), hold.sequence() + 1, hold.addressees(), hold.spec(), hold.facts(), hold.holdFor());
    }

    /** The next command after a hold. What other participants chose is made up. */
    public static ConfirmAllocation confirm(HoldAllocation hold, Facts.Chosen chosen) {
        Facts.Endpoint endpoint = new Facts.Endpoint(
                "203.0.113.1", 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434)));
        Facts.OfSite facts = new Facts.OfSite(
                        new Facts.Hosts(Map.of(1, COMPUTE)),
                        new Facts.Segment(100, GATEWAY, endpoint, 1400),
                        new Facts.Pool(STORAGE, "vg0", "10.254.1.1:3260"),
                        new Facts.Cache(null, 0))
                .with(chosen);
        Facts.OfCluster cluster = new Facts.OfCluster(
                List.of(
                        new Facts.Shared(OSAKA, 2, hold.spec().groups(), 200, endpoint, 1400),
                        new Facts.Shared(TOKYO, 1, hold.spec().groups(), 100, endpoint, 1400)),
                1400);
        return new ConfirmAllocation(hold.allocation(), hold.sequence() + 1, facts, cluster);
    }

    /** The command after a hold was confirmed. */
    public static DeployAllocation deploy(HoldAllocation hold, ConfirmAllocation confirm) {
        return new DeployAllocation(
                confirm.allocation(), confirm.sequence() + 1, hold.spec(), confirm.facts(), confirm.cluster());
    }

    public static ReleaseAllocation release(AllocationCommand last) {
        return new ReleaseAllocation(last.allocation(), last.sequence() + 1);
    }
}

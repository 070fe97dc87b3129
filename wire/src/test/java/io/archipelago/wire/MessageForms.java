package io.archipelago.wire;

import static io.archipelago.wire.MessageSamples.AT_OSAKA;
import static io.archipelago.wire.MessageSamples.AT_TOKYO;
import static io.archipelago.wire.MessageSamples.COMPUTE_HOST;
import static io.archipelago.wire.MessageSamples.GIB;
import static io.archipelago.wire.MessageSamples.NOW;
import static io.archipelago.wire.MessageSamples.OSAKA;
import static io.archipelago.wire.MessageSamples.RESERVATION;
import static io.archipelago.wire.MessageSamples.STORAGE_HOST;
import static io.archipelago.wire.MessageSamples.cluster;
import static io.archipelago.wire.MessageSamples.compute;
import static io.archipelago.wire.MessageSamples.desired;
import static io.archipelago.wire.MessageSamples.facts;
import static io.archipelago.wire.MessageSamples.frontend;
import static io.archipelago.wire.MessageSamples.held;
import static io.archipelago.wire.MessageSamples.key;
import static io.archipelago.wire.MessageSamples.longer;
import static io.archipelago.wire.MessageSamples.refusal;
import static io.archipelago.wire.MessageSamples.segment;
import static io.archipelago.wire.MessageSamples.spec;
import static io.archipelago.wire.MessageSamples.window;
import static io.archipelago.wire.MessageSamples.withBandwidth;

import io.archipelago.contracts.Message;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.SitePolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The forms of messages that have several, beyond the sample of their type. */
final class MessageForms {

    private MessageForms() {}

    /** By the name of the golden sample: the type's, and which of its forms. */
    static Map<String, Message> all() {
        Map<String, Message> samples = new LinkedHashMap<>();
        samples.put("allocation.held.hosts", held(Participant.PLACEMENT, facts().hosts()));
        samples.put("allocation.held.pool", held(Participant.STORAGE, facts().pool()));
        samples.put("allocation.held.cache", held(Participant.CACHE, facts().cache()));
        samples.put("allocation.held.no-cache", held(Participant.CACHE, new Facts.Cache(null, 0)));
        samples.put(
                "host.desired.segment",
                desired(
                        ResourceKind.SEGMENT,
                        new SegmentSpec(
                                101,
                                1420,
                                new SegmentSpec.Gateway(
                                        "172.16.31.254/12",
                                        true,
                                        "172.16.31.254",
                                        List.of(new SegmentSpec.Station(
                                                "vcompute-1-1", "02:00:01:01:00:01", "172.16.16.1", true))))));
        samples.put(
                "host.desired.link",
                desired(
                        ResourceKind.LINK,
                        new LinkSpec(
                                key(ResourceKind.SEGMENT),
                                OSAKA,
                                true,
                                new LinkSpec.Ends(20001, "198.51.100.1", 20007, "172.16.31.254", "172.16.47.254"),
                                1420,
                                LinkDriver.OPENVPN,
                                "a1:b2",
                                77,
                                0)));
        samples.put(
                "host.desired.volume",
                desired(ResourceKind.VOLUME, new VolumeSpec("vg0", 20 * GIB, COMPUTE_HOST, "user", "c2VhbGVk")));
        samples.put(
                "host.desired.disk",
                desired(
                        ResourceKind.DISK,
                        new DiskSpec(STORAGE_HOST, key(ResourceKind.VOLUME), "10.254.1.1:3260", "user", "c2VhbGVk")));
        samples.put(
                "host.desired.cache",
                desired(
                        ResourceKind.CACHE,
                        new CacheSpec(key(ResourceKind.SEGMENT), "172.16.31.253", 10 * GIB, List.of("slurm"))));
        samples.put("placement.plan-sites.fewest-sites", planSites(new SitePolicy.FewestSites()));
        samples.put("placement.plan-sites.spread", planSites(new SitePolicy.Spread()));
        samples.put("placement.plan-sites.cheapest", planSites(new SitePolicy.Cheapest()));
        samples.put("placement.plan-sites.nearest", planSites(new SitePolicy.Nearest()));
        samples.put(
                "placement.plan-sites.offer",
                new PlanSites(
                        RESERVATION,
                        1,
                        window(),
                        frontend(),
                        compute(24),
                        new SitePolicy.FewestSites(),
                        Set.of(),
                        null,
                        null,
                        true));
        samples.put(
                "allocation.hold.offer",
                new HoldAllocation(
                        AT_TOKYO,
                        1,
                        Set.of(Participant.CACHE),
                        spec(),
                        Facts.OfSite.unknown().with(segment()),
                        Duration.ofSeconds(60),
                        HoldPurpose.OFFER));
        samples.put(
                "share.hold.probe",
                new HoldShare(AT_TOKYO, 1, withBandwidth(), Duration.ofSeconds(60), HoldPurpose.PROBE));
        samples.put(
                "share.hold.offer",
                new HoldShare(AT_TOKYO, 1, withBandwidth(), Duration.ofSeconds(60), HoldPurpose.OFFER));
        samples.put(
                "allocation.confirm.revised",
                new ConfirmAllocation(AT_TOKYO, 6, facts(), cluster(), spec().with(longer())));
        samples.put("share.confirm.revised", new ConfirmShare(AT_OSAKA, 5, cluster(), longer()));
        samples.put("share.refused.latest-end", new ShareRefused(AT_OSAKA, 4, List.of(latestEnd(refusal()))));
        return samples;
    }

    private static Refusal latestEnd(Refusal of) {
        return new Refusal(
                of.code(),
                of.resource(),
                of.detail(),
                of.holdsOnlyUntil(),
                of.earliestStart(),
                of.machines(),
                NOW.plusSeconds(7200));
    }

    private static PlanSites planSites(SitePolicy policy) {
        return new PlanSites(RESERVATION, 1, window(), frontend(), compute(24), policy, Set.of(), null, null);
    }
}

package io.archipelago.wire;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.MessageTypes;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationCommand.ConfirmAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.DeployAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ExtendAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.HoldAllocation;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ConfirmShare;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.contracts.federation.ShareMessage.ReleaseShare;
import io.archipelago.contracts.federation.ShareMessage.ReviseShare;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostDead;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.contracts.placement.CapacitySlice;
import io.archipelago.contracts.placement.CapacitySlice.HostClass;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.CapacityAdvertised;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PathMeasured;
import io.archipelago.contracts.placement.PlacementMessage.PlanRefused;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.contracts.placement.SitePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Messages of every type, each with all of its fields, told of one reservation: a frontend and machines at two sites. */
final class MessageSamples {

    static final SiteId TOKYO = new SiteId("tokyo");
    static final SiteId OSAKA = new SiteId("osaka");
    static final ReservationId RESERVATION = ReservationId.parse("019357a0-0000-7000-8000-0000000000a1");
    static final AllocationId AT_TOKYO = new AllocationId(RESERVATION, TOKYO);
    static final AllocationId AT_OSAKA = new AllocationId(RESERVATION, OSAKA);
    static final HostId COMPUTE_HOST = new HostId("tokyo-c01");
    private static final HostId GATEWAY = new HostId("tokyo-g01");
    static final HostId STORAGE_HOST = new HostId("tokyo-s01");
    static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");
    static final long GIB = 1L << 30;

    private MessageSamples() {}

    /** By the name of the golden sample: the type's, and which of its forms if it has several. */
    static Map<String, Message> all() {
        Map<String, Message> samples = new LinkedHashMap<>();
        ofEveryType().forEach(message -> samples.put(MessageTypes.nameOf(message), message));
        samples.putAll(MessageForms.all());
        return samples;
    }

    private static PlanSites planSites() {
        return new PlanSites(
                RESERVATION,
                2,
                window(),
                frontend(),
                compute(24),
                new SitePolicy.Named(Map.of(TOKYO, 12, OSAKA, 12)),
                Set.of(new SiteId("nagoya")),
                "172.16.0.0/12",
                Map.of(OSAKA, 12));
    }

    private static List<Message> ofEveryType() {
        return List.of(
                new HoldAllocation(
                        AT_TOKYO,
                        1,
                        Set.of(Participant.CACHE),
                        spec(),
                        Facts.OfSite.unknown().with(segment()),
                        Duration.ofSeconds(60)),
                new ConfirmAllocation(AT_TOKYO, 2, facts(), cluster()),
                new DeployAllocation(AT_TOKYO, 3, spec(), facts(), cluster()),
                new ExtendAllocation(AT_TOKYO, 4, spec().with(List.of(frontend(), compute(21)))),
                new ReleaseAllocation(AT_TOKYO, 4),
                held(Participant.NETWORK, segment()),
                new AllocationRefused(AT_TOKYO, 1, Participant.PLACEMENT, refusal()),
                new AllocationConfirmed(AT_TOKYO, 2, Participant.STORAGE),
                new AllocationMoved(AT_TOKYO, 2, Participant.PLACEMENT, new Facts.Hosts(Map.of(1, COMPUTE_HOST))),
                new AllocationProgress(
                        AT_TOKYO, 3, Participant.PLACEMENT, Progress.DEGRADED, statuses(), List.of("vcompute-1-3")),
                new AllocationReleased(AT_TOKYO, 4, Participant.CACHE),
                planSites(),
                new SitesPlanned(RESERVATION, 2, Map.of(TOKYO, 20, OSAKA, 4)),
                new PlanRefused(RESERVATION, 2, Map.of(OSAKA, refusal())),
                new FindAlternatives(new TenantId("astro"), planSites(), NOW.plusSeconds(10_800), 3),
                new AlternativesFound(
                        RESERVATION,
                        List.of(new Alternative(Alternative.Change.LATER, window(), 24, new SitePolicy.FewestSites()))),
                new CapacityAdvertised(
                        OSAKA,
                        NOW,
                        List.of(new CapacitySlice(NOW, List.of(new HostClass(20, 8, 32 * GIB)))),
                        List.of(new HostClass(20, 16, 64 * GIB))),
                new PathMeasured(OSAKA, NOW, 20.5),
                new HoldShare(AT_TOKYO, 1, spec(), Duration.ofSeconds(60)),
                new ShareHeld(AT_OSAKA, 1, NOW.plusSeconds(60), shared(OSAKA, 2, 4, 205)),
                new ShareRefused(AT_OSAKA, 1, List.of(refusal())),
                new ConfirmShare(AT_OSAKA, 2, cluster()),
                new ReviseShare(
                        AT_OSAKA, 4, longer(), List.of(compute(24).plus(2).without(List.of(3)))),
                new ShareConfirmed(AT_OSAKA, 2),
                new ShareStatus(
                        AT_OSAKA,
                        2,
                        Progress.DEGRADED,
                        statuses(),
                        "waits until what an earlier booking left is seen gone",
                        shared(OSAKA, 2, 4, 205)),
                new ReleaseShare(AT_OSAKA, 3),
                new ShareReleased(AT_OSAKA, 3),
                new ShareDigest(
                        TOKYO,
                        true,
                        3,
                        17,
                        2,
                        List.of(new ShareDigest.Entry(AT_OSAKA, 2, ShareDigest.Stage.CONFIRMED, 4711)),
                        List.of(new ShareDigest.Entry(AT_TOKYO, 1, ShareDigest.Stage.HELD, 0)),
                        RESERVATION,
                        ReservationId.parse("019357a0-0000-7000-8000-0000000000ff")),
                desired(
                        ResourceKind.MACHINE,
                        new MachineSpec(
                                "vcompute-1-1",
                                2,
                                4 * GIB,
                                "02:00:a1:01:00:01",
                                "172.16.16.1",
                                key(ResourceKind.DISK),
                                ResourceKey.of(ResourceKind.SEGMENT, AT_TOKYO),
                                1)),
                new ResourceObserved(
                        COMPUTE_HOST,
                        5,
                        120,
                        key(ResourceKind.MACHINE),
                        3,
                        Phase.FAILED,
                        "the disk is not there",
                        Map.of("attempts", "4"),
                        "9f2c"),
                new HostHeartbeat(
                        COMPUTE_HOST,
                        5,
                        121,
                        NOW,
                        Duration.ofSeconds(10),
                        new Inventory(
                                "9f2c",
                                Set.of(HostRole.COMPUTE),
                                8,
                                32 * GIB,
                                Map.of("vg0", 500 * GIB),
                                "10.254.1.1:3260",
                                10 * GIB,
                                "203.0.113.1",
                                Map.of(LinkDriver.OPENVPN, "a1:b2"),
                                "MFkw",
                                Map.of("agent", "0.1.0"),
                                Map.of("clock-offset", "PT0.01S"),
                                List.of("no room for logs: free some of /var/log")),
                        Map.of(Participant.PLACEMENT, "e3b0c44298fc1c14"),
                        2),
                new HostDead(COMPUTE_HOST, 5, 121, HostDead.Cause.FENCED, NOW, "storage"),
                new HostMaintenance(
                        COMPUTE_HOST, 3, List.of(new Maintenance("bios-update", window(), "new BIOS", "oscar"))));
    }

    static Envelope envelope(Message message) {
        boolean betweenSites = message instanceof ShareMessage || message instanceof ShareDigest;
        return new Envelope(
                UUID.fromString("019357a0-0000-7000-8000-000000000001"),
                "/tokyo/reservation",
                AT_TOKYO.toString(),
                NOW,
                "019357a0-0000-7000-8000-0000000000a1",
                betweenSites ? new StreamPosition(TOKYO, 3, 17) : null,
                message);
    }

    static AllocationHeld held(Participant participant, Facts.@Nullable Chosen chosen) {
        return new AllocationHeld(AT_TOKYO, 1, participant, NOW.plusSeconds(60), Objects.requireNonNull(chosen));
    }

    static DesiredResource desired(ResourceKind kind, ResourceSpec spec) {
        return new DesiredResource(key(kind), 3, false, window().end().plusSeconds(600), spec);
    }

    static AllocationSpec spec() {
        return new AllocationSpec(
                new TenantId("astro"),
                "genome-assembly",
                1,
                TOKYO,
                List.of(OSAKA),
                window(),
                List.of(frontend(), compute(20)),
                "172.16.0.0/12",
                new Software("debian-12", List.of("slurm")));
    }

    static AllocationSpec withBandwidth() {
        AllocationSpec spec = spec();
        return new AllocationSpec(
                spec.tenant(),
                spec.clusterName(),
                spec.siteNumber(),
                spec.master(),
                spec.peers(),
                spec.window(),
                spec.groups(),
                spec.network(),
                spec.software(),
                100_000_000L);
    }

    static TimeWindow window() {
        return new TimeWindow(NOW.plusSeconds(3600), NOW.plusSeconds(7200));
    }

    static TimeWindow longer() {
        return window().hull(new TimeWindow(window().end(), window().end().plusSeconds(3600)));
    }

    static MachineGroup frontend() {
        return new MachineGroup(MachineRole.FRONTEND, 4093, 1, 2, 4 * GIB, 40 * GIB, 1);
    }

    static MachineGroup compute(int count) {
        SortedSet<Integer> retired = new TreeSet<>(Set.of(2));
        return new MachineGroup(MachineRole.COMPUTE, 1, count, retired, 2, 4 * GIB, 20 * GIB, 4);
    }

    static Facts.Segment segment() {
        return new Facts.Segment(101, GATEWAY, endpoint(), 1420);
    }

    static Facts.OfSite facts() {
        return new Facts.OfSite(
                new Facts.Hosts(Map.of(1, COMPUTE_HOST, 4093, GATEWAY)),
                segment(),
                new Facts.Pool(STORAGE_HOST, "vg0", "10.254.1.1:3260"),
                new Facts.Cache(GATEWAY, 10 * GIB));
    }

    static Facts.OfCluster cluster() {
        return new Facts.OfCluster(List.of(shared(TOKYO, 1, 20, 101), shared(OSAKA, 2, 4, 205)), 1420);
    }

    private static Facts.Shared shared(SiteId site, int number, int computes, int vlan) {
        return new Facts.Shared(site, number, List.of(compute(computes)), vlan, endpoint(), 1420);
    }

    private static Facts.Endpoint endpoint() {
        return new Facts.Endpoint(
                "203.0.113.1", 20001, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434)));
    }

    static Refusal refusal() {
        return new Refusal(
                ErrorCode.NO_CAPACITY,
                "machines",
                "of 24 machines at most 20 fit on this site's hosts throughout the window",
                NOW.plusSeconds(60),
                NOW.plusSeconds(86400),
                20);
    }

    private static List<ResourceStatus> statuses() {
        return List.of(
                new ResourceStatus(
                        ResourceKind.MACHINE,
                        "vcompute-1-1",
                        Phase.FAILED,
                        "the disk is not there",
                        new HostId("osaka-c01")),
                new ResourceStatus(ResourceKind.MACHINE, "vcompute-1-2", Phase.READY, "", null));
    }

    static ResourceKey key(ResourceKind kind) {
        return ResourceKey.of(kind, AT_TOKYO, "vcompute-1-1");
    }
}

package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.Uuid7;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationConfirmed;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationHeld;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationMoved;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationProgress;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationRefused;
import io.archipelago.contracts.allocation.AllocationEvent.AllocationReleased;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.placement.SitePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A request at noon for the hour after one o'clock, taken at tokyo; osaka and nagoya are its peers. */
final class DomainFixture {

    static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    static final Instant START = NOON.plus(Duration.ofHours(1));
    static final Instant END = NOON.plus(Duration.ofHours(2));
    static final TimeWindow WINDOW = new TimeWindow(START, END);

    static final SiteId TOKYO = new SiteId("tokyo");
    static final SiteId OSAKA = new SiteId("osaka");
    static final SiteId NAGOYA = new SiteId("nagoya");
    static final Sites SITES = new Sites(TOKYO, Map.of(TOKYO, 1, OSAKA, 2, NAGOYA, 3));
    static final Pace PACE = new Pace(
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10),
            Duration.ofSeconds(60),
            3,
            3,
            Duration.ofMinutes(5),
            Duration.ofSeconds(40));

    /** What each link is to have of the WAN. */
    static final long BANDWIDTH = 100_000_000;

    static final ReservationId RESERVATION = ReservationId.parse("019357a0-0000-7000-8000-0000000000a1");
    static final ReservationId OFFER = new ReservationId(Uuid7.derived(RESERVATION.value(), "offer 1"));
    static final AllocationId AT_OSAKA = at(OSAKA);
    static final Refusal FULL = Refusal.of(ErrorCode.NO_CAPACITY, "machines", "this site is full");
    static final Refusal HOLDS_ONLY =
            new Refusal(ErrorCode.NO_CAPACITY, "machines", "others hold it", NOON.plusSeconds(60), null);

    private DomainFixture() {}

    /** The records of a sealed interface, however deep. */
    static Stream<Class<?>> leaves(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(DomainFixture::leaves)
                : Stream.of(type);
    }

    static AllocationId at(SiteId site) {
        return new AllocationId(RESERVATION, site);
    }

    static Request request(int computes) {
        return new Request(
                "survey",
                WINDOW,
                new MachineGroup(MachineRole.FRONTEND, 1, 1, 2, 4, 40, 1),
                new MachineGroup(MachineRole.COMPUTE, 1, computes, 2, 4, 20, 4),
                ClusterAddressing.DEFAULT_NETWORK,
                new SitePolicy.FewestSites(),
                new Software("debian-12", List.of("slurm")),
                BANDWIDTH);
    }

    static Details details() {
        return new Details(RESERVATION, new TenantId("astro"), "ada", NOON, request(6));
    }

    /** A counter-offer to that: four machines instead of six. */
    static Details offer() {
        Details refused = details();
        return new Details(OFFER, refused.tenant(), refused.requestedBy(), NOON, request(4), RESERVATION, null, false);
    }

    /** Osaka's share of a cluster whose master is tokyo. */
    static AllocationSpec spec() {
        return spec(OSAKA);
    }

    /** The same as if it were another site's. */
    static AllocationSpec spec(SiteId site) {
        Request request = request(2);
        return new AllocationSpec(
                new TenantId("astro"),
                request.name(),
                SITES.number(site),
                TOKYO,
                List.of(TOKYO),
                WINDOW,
                List.of(request.compute()),
                request.network(),
                request.software(),
                BANDWIDTH);
    }

    static Facts.Shared shared(SiteId site) {
        int number = SITES.number(site);
        return new Facts.Shared(
                site,
                number,
                spec().groups(),
                100 + number,
                new Facts.Endpoint(
                        "203.0.113." + number, 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                1400 + number);
    }

    /** What a site gives once another machine has taken the place of one of its. */
    static Facts.Shared without(int ordinal, Facts.Shared site) {
        List<MachineGroup> others = site.groups().stream()
                .map(group -> group.plus(1).without(List.of(ordinal)))
                .toList();
        return new Facts.Shared(site.site(), site.siteNumber(), others, site.vlan(), site.endpoint(), site.mtu());
    }

    static Facts.OfCluster cluster() {
        return new Facts.OfCluster(List.of(shared(TOKYO), shared(OSAKA)), 1401);
    }

    static Facts.Chosen chosen(Participant participant) {
        return chosen(participant, spec());
    }

    static Facts.Chosen chosen(Participant participant, AllocationSpec spec) {
        HostId host = new HostId("osaka-h01");
        return switch (participant) {
            case PLACEMENT ->
                new Facts.Hosts(spec.ordinals().stream().collect(Collectors.toMap(Function.identity(), o -> host)));
            case NETWORK ->
                new Facts.Segment(
                        102,
                        host,
                        new Facts.Endpoint(
                                "203.0.113.2", 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                        1402);
            case STORAGE -> new Facts.Pool(host, "vg0", "10.254.1.1:3260");
            case CACHE -> new Facts.Cache(host, 10);
        };
    }

    static Facts.OfSite facts() {
        Facts.OfSite facts = Facts.OfSite.unknown();
        for (Participant participant : Participant.values()) {
            facts = facts.with(chosen(participant));
        }
        return facts;
    }

    static AllocationHeld held(long sequence, Participant participant, Instant until) {
        return new AllocationHeld(AT_OSAKA, sequence, participant, until, chosen(participant));
    }

    static AllocationRefused refused(long sequence, Participant participant) {
        return new AllocationRefused(AT_OSAKA, sequence, participant, FULL);
    }

    static AllocationConfirmed confirmed(long sequence, Participant participant) {
        return new AllocationConfirmed(AT_OSAKA, sequence, participant);
    }

    /** Storage has found another pool. */
    static AllocationMoved moved(long sequence) {
        return new AllocationMoved(
                AT_OSAKA,
                sequence,
                Participant.STORAGE,
                new Facts.Pool(new HostId("osaka-h02"), "vg0", "10.254.1.2:3260"));
    }

    static AllocationProgress progress(long sequence, Participant participant, Progress progress) {
        return new AllocationProgress(AT_OSAKA, sequence, participant, progress, List.of(), List.of());
    }

    static AllocationReleased released(long sequence, Participant participant) {
        return new AllocationReleased(AT_OSAKA, sequence, participant);
    }
}

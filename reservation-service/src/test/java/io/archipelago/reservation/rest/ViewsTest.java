package io.archipelago.reservation.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.reservation.domain.Clustered;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Pace;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.ReservationMoves;
import io.archipelago.reservation.domain.Share;
import io.archipelago.reservation.domain.Share.Stage;
import io.archipelago.reservation.domain.Sites;
import io.archipelago.reservation.persistence.ReservationStore.Versioned;
import io.archipelago.reservation.rest.ReservationView.CacheView;
import io.archipelago.reservation.rest.ReservationView.LeftView;
import io.archipelago.reservation.rest.ReservationView.LinkView;
import io.archipelago.reservation.rest.ReservationView.MachineView;
import io.archipelago.reservation.rest.ReservationView.ProblemView;
import io.archipelago.reservation.rest.ReservationView.SegmentView;
import io.archipelago.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewsTest {

    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    private static final HostId HOST = new HostId("machine-room-7");
    private static final HostId GATEWAY = new HostId("way-out-1");
    private static final Caller.Who USER = new Caller.Who("ada", Optional.of(new TenantId("astro")), false, NOON);
    private static final Caller.Who OPERATOR = new Caller.Who("olga", Optional.empty(), true, NOON);
    private static final TimeWindow WINDOW = new TimeWindow(NOON, NOON.plusSeconds(3600));
    private static final ReservationId ID = ReservationId.parse("019357a0-0000-7000-8000-0000000000a1");
    private static final ReservationMoves MOVES = new ReservationMoves(
            new Sites(TOKYO, Map.of(TOKYO, 1)),
            new Pace(
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
                    Duration.ofSeconds(40)));
    private static final MachineGroup GROUP = new MachineGroup(MachineRole.COMPUTE, 1, 1, 1, 1, 1, 1);
    private static final Facts.Shared FACTS = new Facts.Shared(
            TOKYO,
            1,
            List.of(GROUP),
            101,
            new Facts.Endpoint("203.0.113.1", 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
            1400);

    @Test
    void showsAWaitForAPredecessorAsAProblemWithoutNamingIt() {
        String reason = "waits until what an earlier booking left is seen gone";
        Share waiting = share(
                Stage.CONFIRMED,
                Progress.WAITING,
                List.of(new ResourceStatus(ResourceKind.MACHINE, "tokyo", Phase.PENDING, reason, null)));

        ReservationView view = view(running(State.DEPLOYING, waiting));

        assertThat(view.problems()).containsExactly(new ProblemView(ErrorCode.WAITING.wireName(), TOKYO, reason));
        assertThat(view.sites().getFirst().waitingFor()).isEqualTo(reason);
    }

    @Test
    void showsAWaitBesideWhatFailed() {
        String reason = "waits until what an earlier booking left is seen gone";
        ResourceStatus failed = new ResourceStatus(ResourceKind.DISK, "vcompute-1-1", Phase.FAILED, "it broke", HOST);
        ResourceStatus waits = new ResourceStatus(ResourceKind.MACHINE, "tokyo", Phase.PENDING, reason, null);
        Share like = share(Stage.CONFIRMED, Progress.DEGRADED, List.of(failed, waits));
        Share degraded = new Share(
                like.id(),
                like.spec(),
                2,
                Stage.CONFIRMED,
                FACTS,
                Progress.DEGRADED,
                like.resources(),
                reason,
                List.of(),
                1,
                NOON);

        ReservationView view = view(running(State.DEGRADED, degraded));

        assertThat(view.problems())
                .extracting(ProblemView::code)
                .containsExactly(ErrorCode.WAITING.wireName(), ErrorCode.RESOURCE_FAILED.wireName());
        assertThat(view.sites().getFirst().waitingFor()).isEqualTo(reason);
        assertThat(view.sites().getFirst().state()).isEqualTo("DEGRADED");
    }

    @Test
    void showsHostsToOperatorsAndToNobodyElse() {
        // Given
        SiteId osaka = new SiteId("osaka");
        List<ResourceStatus> everything = List.of(
                new ResourceStatus(ResourceKind.MACHINE, "vcompute-1-1", Phase.READY, "", HOST),
                new ResourceStatus(ResourceKind.SEGMENT, "tokyo", Phase.READY, "", GATEWAY),
                new ResourceStatus(ResourceKind.SEGMENT, "tokyo", Phase.READY, "", HOST),
                new ResourceStatus(ResourceKind.LINK, osaka.value(), Phase.READY, "", GATEWAY),
                new ResourceStatus(ResourceKind.CACHE, "tokyo", Phase.READY, "", GATEWAY));
        Reservation active = running(State.ACTIVE, share(Stage.CONFIRMED, Progress.READY, everything));
        Reservation ending = new Reservation.Releasing(
                details(), Map.of(TOKYO, share(Stage.RELEASING, Progress.RELEASING, everything)), State.ENDED);

        // When
        ReservationView operators = Views.of(new Versioned(active, 1, Map.of()), OPERATOR);

        // Then
        assertThat(operators.machines()).extracting(MachineView::host).containsExactly(HOST);
        assertThat(operators.segments()).extracting(SegmentView::hosts).containsExactly(List.of(HOST, GATEWAY));
        assertThat(operators.links()).extracting(LinkView::host).containsExactly(GATEWAY);
        assertThat(operators.caches()).extracting(CacheView::host).containsExactly(GATEWAY);
        assertThat(Views.of(new Versioned(ending, 1, Map.of()), OPERATOR)
                        .sites()
                        .getFirst()
                        .left())
                .extracting(LeftView::host)
                .contains(HOST, GATEWAY);
        for (Reservation reservation : List.of(active, ending)) {
            assertThat(Json.write(Views.of(new Versioned(reservation, 1, Map.of()), OPERATOR)))
                    .contains(HOST.value(), GATEWAY.value());
            assertThat(Json.write(view(reservation))).doesNotContain(HOST.value(), GATEWAY.value(), "host");
        }
    }

    @Test
    void showsWhatIsLeftWhileItIsGivenBack() {
        Share releasing = share(
                Stage.RELEASING,
                Progress.RELEASING,
                List.of(
                        new ResourceStatus(ResourceKind.MACHINE, "vcompute-1-1", Phase.ABSENT, "", HOST),
                        new ResourceStatus(ResourceKind.DISK, "vcompute-1-1", Phase.READY, "in use", HOST)));

        ReservationView view = view(new Reservation.Releasing(details(), Map.of(TOKYO, releasing), State.ENDED));

        assertThat(view.sites().getFirst().left())
                .containsExactly(new LeftView(ResourceKind.DISK, "vcompute-1-1", Phase.READY, "in use", null));
        assertThat(view(running(State.ACTIVE, share(Stage.CONFIRMED, Progress.READY, List.of())))
                        .sites()
                        .getFirst()
                        .left())
                .isEmpty();
    }

    @Test
    void namesAShareThatItsSiteLostOrGaveBack() {
        Share lost = share(Stage.LOST, null, List.of());
        Share refused = new Share(
                lost.id(),
                lost.spec(),
                2,
                Stage.REFUSED,
                FACTS,
                null,
                List.of(),
                null,
                List.of(Refusal.of(ErrorCode.HOLD_EXPIRED, "hold", "it ran out")),
                0,
                null);

        for (Share share : List.of(lost, refused)) {
            assertThat(view(running(State.DEGRADED, share)).problems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.code()).isEqualTo("share-lost");
                        assertThat(problem.site()).isEqualTo(TOKYO);
                    });
        }
        assertThat(view(running(State.DEGRADED, refused)).problems().getFirst().message())
                .contains("it ran out");
    }

    @Test
    void showsTheMachineThatTookTheLostOnesPlaceAndTheLostOneNoMore() {
        // Given
        ResourceStatus lost =
                new ResourceStatus(ResourceKind.MACHINE, "vcompute-1-1", Phase.FAILED, "its host is dead", HOST);
        Reservation before = running(State.DEGRADED, share(Stage.CONFIRMED, Progress.DEGRADED, List.of(lost)));
        ResourceStatus other = new ResourceStatus(ResourceKind.MACHINE, "vcompute-1-2", Phase.READY, "", HOST);
        Facts.Shared facts = new Facts.Shared(
                TOKYO, 1, List.of(GROUP.plus(1).without(List.of(1))), FACTS.vlan(), FACTS.endpoint(), FACTS.mtu());
        ShareStatus status =
                new ShareStatus(new AllocationId(ID, TOKYO), 2, Progress.READY, List.of(other), null, facts);

        // When
        Reservation after = MOVES.onAnswer(before, status, NOON).orElseThrow().next();

        // Then
        assertThat(view(before).machines()).extracting(MachineView::name).containsExactly("vcompute-1-1");
        assertThat(view(after).machines()).singleElement().satisfies(machine -> {
            assertThat(machine.name()).isEqualTo("vcompute-1-2");
            assertThat(machine.ip()).isEqualTo("172.16.16.2");
            assertThat(machine.phase()).isEqualTo(Phase.READY);
        });
        assertThat(view(after).sites().getFirst().machines()).isEqualTo(1);
        assertThat(view(after).problems()).isEmpty();
    }

    @Test
    void showsWhatItCanOfAShareThatTheNetworkHasNoAddressesFor() {
        MachineGroup tooMany = new MachineGroup(MachineRole.COMPUTE, 1, 4093, 1, 1, 1, 1);

        ReservationView view =
                view(running(State.DEGRADED, share(Stage.CONFIRMED, Progress.DEPLOYING, List.of(), tooMany)));

        assertThat(view.machines()).isEmpty();
        assertThat(view.sites())
                .singleElement()
                .satisfies(site -> assertThat(site.machines()).isEqualTo(4093));
    }

    private static ReservationView view(Reservation reservation) {
        return Views.of(new Versioned(reservation, 1, Map.of()), USER);
    }

    private static Reservation running(State state, Share share) {
        Facts.OfCluster cluster = new Facts.OfCluster(List.of(FACTS), 1400);
        return new Clustered.Running(details(), Map.of(TOKYO, share), cluster, state, null);
    }

    private static Share share(Stage stage, @Nullable Progress progress, List<ResourceStatus> resources) {
        return share(stage, progress, resources, GROUP);
    }

    private static Share share(
            Stage stage, @Nullable Progress progress, List<ResourceStatus> resources, MachineGroup group) {
        AllocationSpec spec = new AllocationSpec(
                new TenantId("astro"),
                "survey",
                1,
                TOKYO,
                List.of(),
                WINDOW,
                List.of(group),
                ClusterAddressing.DEFAULT_NETWORK,
                new Software("debian-12", List.of()));
        return new Share(
                new AllocationId(ID, TOKYO), spec, 2, stage, FACTS, progress, resources, null, List.of(), 1, NOON);
    }

    private static Details details() {
        Request request = new Request(
                "survey",
                WINDOW,
                GROUP,
                GROUP,
                ClusterAddressing.DEFAULT_NETWORK,
                new SitePolicy.FewestSites(),
                new Software("debian-12", List.of()),
                null);
        return new Details(ID, new TenantId("astro"), "ada", NOON, request);
    }
}

package io.archipelago.reservation.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
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
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.Details;
import io.archipelago.reservation.domain.Reservation.State;
import io.archipelago.reservation.domain.Share;
import io.archipelago.reservation.domain.Share.Stage;
import io.archipelago.reservation.rest.ReservationView.LeftView;
import io.archipelago.reservation.rest.ReservationView.ProblemView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewsTest {

    private static final SiteId TOKYO = new SiteId("tokyo");
    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    private static final TimeWindow WINDOW = new TimeWindow(NOON, NOON.plusSeconds(3600));
    private static final ReservationId ID = ReservationId.parse("019357a0-0000-7000-8000-0000000000a1");
    private static final MachineGroup GROUP = new MachineGroup(MachineRole.COMPUTE, 1, 1, 1, 1, 1, 1);
    private static final Facts.Shared FACTS =
            new Facts.Shared(TOKYO, 1, 1, 101, new Facts.Endpoint("203.0.113.1", 20000), 1400);

    @Test
    void showsAWaitForAPredecessorAsAProblemWithoutNamingIt() {
        String reason = "waits until what an earlier booking left is seen gone";
        Share waiting = share(
                Stage.CONFIRMED,
                Progress.WAITING,
                List.of(new ResourceStatus(ResourceKind.MACHINE, "tokyo", Phase.PENDING, reason)));

        ReservationView view = Views.of(running(State.DEPLOYING, waiting));

        assertThat(view.problems()).containsExactly(new ProblemView(ErrorCode.WAITING.wireName(), TOKYO, reason));
        assertThat(view.sites().getFirst().waitingFor()).isEqualTo(reason);
    }

    @Test
    void showsWhatIsLeftWhileItIsGivenBack() {
        Share releasing = share(
                Stage.RELEASING,
                Progress.RELEASING,
                List.of(
                        new ResourceStatus(ResourceKind.MACHINE, "vcompute-1-1", Phase.ABSENT, ""),
                        new ResourceStatus(ResourceKind.DISK, "vcompute-1-1", Phase.READY, "in use")));

        ReservationView view = Views.of(new Reservation.Releasing(details(), Map.of(TOKYO, releasing), State.ENDED));

        assertThat(view.sites().getFirst().left())
                .containsExactly(new LeftView(ResourceKind.DISK, "vcompute-1-1", Phase.READY, "in use"));
        assertThat(Views.of(running(State.ACTIVE, share(Stage.CONFIRMED, Progress.READY, List.of())))
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
                List.of(Refusal.of(ErrorCode.HOLD_EXPIRED, "hold", "it ran out")),
                0,
                null);

        for (Share share : List.of(lost, refused)) {
            assertThat(Views.of(running(State.DEGRADED, share)).problems())
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.code()).isEqualTo("share-lost");
                        assertThat(problem.site()).isEqualTo(TOKYO);
                    });
        }
        assertThat(Views.of(running(State.DEGRADED, refused))
                        .problems()
                        .getFirst()
                        .message())
                .contains("it ran out");
    }

    @Test
    void showsWhatItCanOfAShareThatTheNetworkHasNoAddressesFor() {
        MachineGroup tooMany = new MachineGroup(MachineRole.COMPUTE, 1, 4093, 1, 1, 1, 1);

        ReservationView view =
                Views.of(running(State.DEGRADED, share(Stage.CONFIRMED, Progress.DEPLOYING, List.of(), tooMany)));

        assertThat(view.machines()).isEmpty();
        assertThat(view.sites())
                .singleElement()
                .satisfies(site -> assertThat(site.machines()).isEqualTo(4093));
    }

    private static Reservation running(State state, Share share) {
        Facts.OfCluster cluster = new Facts.OfCluster(List.of(FACTS), 1400);
        return new Reservation.Running(details(), Map.of(TOKYO, share), cluster, state, null);
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
        return new Share(new AllocationId(ID, TOKYO), spec, 2, stage, FACTS, progress, resources, List.of(), 1, NOON);
    }

    private static Details details() {
        Request request = new Request(
                "survey",
                WINDOW,
                GROUP,
                GROUP,
                ClusterAddressing.DEFAULT_NETWORK,
                new SitePolicy.FewestSites(),
                new Software("debian-12", List.of()));
        return new Details(ID, new TenantId("astro"), "ada", NOON, request);
    }
}

package io.archipelago.reservation.rest;

import io.archipelago.contracts.BitRate;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.reservation.domain.Change;
import io.archipelago.reservation.domain.Clustered;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Share;
import io.archipelago.reservation.domain.Share.Stage;
import io.archipelago.reservation.persistence.ReservationStore.Versioned;
import io.archipelago.reservation.rest.ReservationView.CacheView;
import io.archipelago.reservation.rest.ReservationView.ChangeView;
import io.archipelago.reservation.rest.ReservationView.LeftView;
import io.archipelago.reservation.rest.ReservationView.LinkView;
import io.archipelago.reservation.rest.ReservationView.MachineView;
import io.archipelago.reservation.rest.ReservationView.NetworkView;
import io.archipelago.reservation.rest.ReservationView.ProblemView;
import io.archipelago.reservation.rest.ReservationView.SegmentView;
import io.archipelago.reservation.rest.ReservationView.SiteView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes views of reservations, with hosts for those who may know them. */
final class Views {

    private final boolean hosts;

    private Views(boolean hosts) {
        this.hosts = hosts;
    }

    /** What a caller may see of a reservation that it may see. */
    static ReservationView of(Versioned seen, Caller.Who who) {
        return new Views(who.seesAll()).view(seen.reservation(), seen.offers());
    }

    private ReservationView view(Reservation reservation, Map<ReservationId, Reservation> offers) {
        Details details = reservation.details();
        List<Share> open = reservation.shares().values().stream()
                .filter(s -> s.stage().open())
                .toList();
        return new ReservationView(
                reservation.id(),
                details.request().name(),
                details.tenant(),
                reservation.state(),
                details.request().window(),
                details.requestedAt(),
                network(details.request()),
                open.stream().map(this::site).toList(),
                open.stream()
                        .flatMap(share -> machines(details.request().network(), share))
                        .toList(),
                open.stream().flatMap(this::segment).toList(),
                open.stream()
                        .flatMap(share -> links(share, reservation.facts()))
                        .toList(),
                open.stream().flatMap(this::cache).toList(),
                problems(reservation, open),
                OfferViews.of(reservation, offers),
                change(reservation));
    }

    private static @Nullable ChangeView change(Reservation reservation) {
        if (!(reservation instanceof Clustered cluster)) {
            return null;
        }
        return switch (cluster.change()) {
            case Change.Asked asked -> change("ASKED", asked.wanted(), Map.of());
            case Change.Refused refused -> change("REFUSED", refused.wanted(), refused.refusals());
            case null -> null;
        };
    }

    private static ChangeView change(String state, Request wanted, Map<SiteId, List<Refusal>> refusals) {
        return new ChangeView(state, wanted.window(), wanted.compute().count(), refusals(refusals));
    }

    private static NetworkView network(Request request) {
        Long bandwidth = request.bandwidth();
        return new NetworkView(request.network(), bandwidth == null ? null : BitRate.written(bandwidth));
    }

    private SiteView site(Share share) {
        boolean master = share.site().equals(share.spec().master());
        return new SiteView(
                share.site(),
                master ? "MASTER" : "WORKER",
                state(share),
                share.spec().machines(),
                waitingFor(share),
                left(share));
    }

    /** What stands in the way is another's: the participants say no more of it than that it is there. */
    private static @Nullable String waitingFor(Share share) {
        return share.waitingFor() != null || share.progress() != Progress.WAITING
                ? share.waitingFor()
                : "waits until what an earlier booking left is seen gone";
    }

    private List<LeftView> left(Share share) {
        return share.stage() != Stage.RELEASING
                ? List.of()
                : share.resources().stream()
                        .filter(r -> r.phase() != Phase.ABSENT)
                        .map(r -> new LeftView(r.kind(), r.name(), r.phase(), r.reason(), host(r)))
                        .toList();
    }

    private Stream<MachineView> machines(String network, Share share) {
        ClusterAddressing addressing = ClusterAddressing.of(network, share.id().reservation());
        int number = share.spec().siteNumber();
        List<MachineView> machines = new ArrayList<>();
        // A machine that the network has no name for is not shown: one such must not hide everything else from
        // everybody.
        List<MachineGroup> named =
                share.spec().groups().stream().filter(addressing::names).toList();
        for (MachineGroup group : named) {
            for (int ordinal : group.ordinals()) {
                String name = addressing.hostName(number, ordinal);
                machines.add(new MachineView(
                        name,
                        group.role(),
                        share.site(),
                        addressing.address(number, ordinal),
                        addressing.mac(number, ordinal),
                        state(share),
                        phase(share, ResourceKind.MACHINE, name),
                        of(share, ResourceKind.MACHINE)
                                .filter(r -> r.name().equals(name))
                                .map(this::host)
                                .filter(Objects::nonNull)
                                .findFirst()
                                .orElse(null)));
            }
        }
        return machines.stream();
    }

    private Stream<SegmentView> segment(Share share) {
        Facts.Shared facts = share.facts();
        return facts == null
                ? Stream.empty()
                : Stream.of(new SegmentView(
                        share.site(),
                        facts.vlan(),
                        phase(share, ResourceKind.SEGMENT, share.site().value()),
                        hosts(share, ResourceKind.SEGMENT)));
    }

    private Stream<LinkView> links(Share share, Facts.@Nullable OfCluster cluster) {
        return cluster == null
                ? Stream.empty()
                : of(share, ResourceKind.LINK)
                        .map(r -> new LinkView(share.site(), new SiteId(r.name()), r.phase(), cluster.mtu(), host(r)));
    }

    private Stream<CacheView> cache(Share share) {
        return of(share, ResourceKind.CACHE).map(r -> new CacheView(share.site(), r.phase(), host(r)));
    }

    private static List<ProblemView> problems(Reservation reservation, List<Share> open) {
        List<ProblemView> problems = new ArrayList<>();
        if (reservation instanceof Reservation.Closed closed) {
            problems.addAll(refusals(closed.refusals()));
        }
        if (reservation instanceof Clustered.Running running) {
            running.shares().values().stream()
                    .filter(share -> !share.stage().open()
                            && running.cluster().at(share.site()).isPresent())
                    .forEach(share -> problems.add(givenBack(share)));
        }
        open.forEach(share -> problems(share).forEach(problems::add));
        return problems;
    }

    /** Why it was refused. */
    static List<ProblemView> refusals(Map<SiteId, List<Refusal>> refusals) {
        List<ProblemView> problems = new ArrayList<>();
        refusals.forEach((site, of) -> of.forEach(refusal -> problems.add(refused(site, refusal))));
        return problems;
    }

    private static ProblemView refused(SiteId site, Refusal refusal) {
        return new ProblemView(
                refusal.code().wireName(),
                site,
                refusal.detail(),
                refusal.resource(),
                refusal.earliestStart(),
                refusal.machines(),
                refusal.latestEnd(),
                refusal.missing());
    }

    private static ProblemView givenBack(Share share) {
        String why = why(share);
        return problem(
                ErrorCode.SHARE_LOST,
                share,
                "the site has given its share back" + (why.isEmpty() ? "" : ": " + why) + "; ask for another cluster");
    }

    private static String why(Share share) {
        return share.refusals().stream().map(Refusal::detail).collect(Collectors.joining("; "));
    }

    private static Stream<ProblemView> problems(Share share) {
        Stream.Builder<ProblemView> problems = Stream.builder();
        if (share.stage() == Stage.LOST) {
            String why = why(share);
            problems.add(problem(
                    ErrorCode.SHARE_LOST,
                    share,
                    "the site no longer has the share that it had confirmed"
                            + (why.isEmpty() ? "" : " (" + why + ")")
                            + "; its operator must look"));
        }
        String waitingFor = waitingFor(share);
        if (waitingFor != null) {
            problems.add(problem(ErrorCode.WAITING, share, waitingFor));
        }
        share.resources().stream()
                .filter(r -> r.phase() == Phase.FAILED)
                .forEach(r -> problems.add(problem(
                        ErrorCode.RESOURCE_FAILED, share, r.kind().wireName() + " " + r.name() + ": " + r.reason())));
        if (share.asked() > 1 && share.askAgainAt() != null) {
            String what = share.stage() == Stage.RELEASING && !share.resources().isEmpty()
                    ? "asked " + share.asked() + " times, not all is gone yet; asked again by itself"
                    : "asked " + share.asked() + " times, no answer yet; asked again by itself";
            problems.add(problem(ErrorCode.NO_ANSWER, share, what));
        }
        return problems.build();
    }

    private static ProblemView problem(ErrorCode code, Share share, String message) {
        return new ProblemView(code.wireName(), share.site(), message);
    }

    private static String state(Share share) {
        Progress progress = share.progress();
        return share.stage() == Stage.CONFIRMED && progress != null
                ? progress.name()
                : share.stage().name();
    }

    private static @Nullable Phase phase(Share share, ResourceKind kind, String name) {
        List<Phase> phases = of(share, kind)
                .filter(r -> r.name().equals(name))
                .map(ResourceStatus::phase)
                .toList();
        // A segment stands on many hosts: it is as far as the one that is behind.
        return Stream.of(Phase.FAILED, Phase.PENDING, Phase.ABSENT, Phase.READY)
                .filter(phases::contains)
                .findFirst()
                .orElse(null);
    }

    private @Nullable HostId host(ResourceStatus resource) {
        return hosts ? resource.host() : null;
    }

    /** The hosts that something stands on; null for those who may not know. */
    private @Nullable List<HostId> hosts(Share share, ResourceKind kind) {
        return hosts
                ? of(share, kind)
                        .map(ResourceStatus::host)
                        .filter(Objects::nonNull)
                        .sorted(Comparator.comparing(HostId::value))
                        .toList()
                : null;
    }

    private static Stream<ResourceStatus> of(Share share, ResourceKind kind) {
        return share.resources().stream().filter(r -> r.kind() == kind);
    }
}

package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.PlacementMessage.SitesPlanned;
import io.archipelago.reservation.domain.Outgoing.ToParticipants;
import io.archipelago.reservation.domain.Outgoing.ToPlacement;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A master and its sites that talk to each other at once and in order, and participants that say yes to everything unless they were told to be silent:
 * so that a test can tell a story and look only at what it is about.
 */
final class TwoSitesStory {

    final Set<SiteId> cutOff = new HashSet<>();
    final Set<Participant> silent = EnumSet.noneOf(Participant.class);
    final Set<SiteId> full = new HashSet<>();

    /** The names of the machines whose hosts are dead. */
    final Set<String> dead = new HashSet<>();

    /** Where what is to be given back is not gone yet. */
    final Set<SiteId> removing = new HashSet<>();

    /** Where a confirmation does not arrive. */
    final Set<SiteId> unconfirmed = new HashSet<>();

    private final ReservationMoves master = new ReservationMoves(DomainFixture.SITES, DomainFixture.PACE);
    private final AllocationMoves sites = new AllocationMoves(DomainFixture.PACE);
    private final Map<SiteId, Allocation> allocations = new HashMap<>();
    private final Deque<Runnable> underWay = new ArrayDeque<>();
    private @Nullable Reservation reservation;
    private Instant now = DomainFixture.NOON;
    private int differences;

    /** The messages that the master sent to placement. */
    int plansAsked;

    void request() {
        request(DomainFixture.details());
    }

    void request(Details details) {
        apply(master.request(details, now));
        settle();
    }

    void planned(Map<SiteId, Integer> computes) {
        Attempt attempt = ((Reservation.Planning) reservation()).attempt();
        master.onPlanned(reservation(), new SitesPlanned(DomainFixture.RESERVATION, attempt.number(), computes), now)
                .ifPresent(this::apply);
        settle();
    }

    void cancel() {
        master.cancel(reservation(), now).ifPresent(this::apply);
        settle();
    }

    /** Every site's placement says which of its machines are lost. */
    void lookAtHosts() {
        List.copyOf(allocations.values())
                .forEach(a -> sites.onEvent(a, Answers.progress(a.header(), Participant.PLACEMENT, dead), now)
                        .ifPresent(this::applyAtSite));
        settle();
    }

    /** Every site tells the master what it believes; how many of them differed. */
    int compare() {
        int before = differences;
        List.copyOf(allocations.values())
                .forEach(a -> master.onDigest(reservation(), Digests.entry(a), now)
                        .ifPresent(decision -> {
                            differences++;
                            apply(decision);
                        }));
        settle();
        return differences - before;
    }

    /** Lets the time pass until an instant, doing what is due on the way. */
    void until(Instant then) {
        for (Optional<Instant> due = next(); due.isPresent() && !due.get().isAfter(then); due = next()) {
            now = due.get();
            Instant instant = now;
            master.onDue(reservation(), instant).ifPresent(this::apply);
            List.copyOf(allocations.values())
                    .forEach(a -> sites.onDue(a, instant).ifPresent(this::applyAtSite));
            settle();
        }
        now = then;
    }

    Reservation reservation() {
        return Objects.requireNonNull(reservation, "nobody has asked yet");
    }

    Allocation at(SiteId site) {
        return Objects.requireNonNull(allocations.get(site), "the site was never asked");
    }

    Instant now() {
        return now;
    }

    private Optional<Instant> next() {
        List<@Nullable Instant> due = new ArrayList<>();
        due.add(reservation().due());
        allocations.values().forEach(a -> due.add(a.due()));
        return due.stream().filter(Objects::nonNull).min(Instant::compareTo);
    }

    private void apply(Decision<Reservation> decision) {
        reservation = decision.next();
        decision.messages().forEach(this::send);
    }

    private void applyAtSite(Decision<Allocation> decision) {
        allocations.put(decision.next().id().site(), decision.next());
        decision.messages().forEach(this::send);
    }

    private void send(Outgoing message) {
        switch (message) {
            case ToPlacement(FindAlternatives question) -> underWay.add(this::findNothing);
            case ToPlacement(PlanSites question) -> plansAsked++;
            case ToParticipants to -> underWay.add(() -> participants(to.command()));
            case ToSite to -> underWay.add(() -> toSite(to.message()));
        }
    }

    private void findNothing() {
        master.onAlternatives(reservation(), new AlternativesFound(reservation().id(), List.of()), now)
                .forEach(this::apply);
    }

    private void toSite(ShareMessage message) {
        SiteId site = message.allocation().site();
        if (cutOff.contains(site)) {
            return;
        }
        switch (message) {
            case ShareMessage.Answer answer ->
                master.onAnswer(reservation(), answer, now).ifPresent(this::apply);
            case ShareMessage.Command command -> {
                if (command instanceof ShareMessage.ConfirmShare && unconfirmed.contains(site)) {
                    return;
                }
                Allocation known = allocations.get(site);
                if (known != null) {
                    sites.onCommand(known, command, now).ifPresent(this::applyAtSite);
                } else {
                    sites.begin(DomainFixture.TOKYO, command, 0, now).ifPresent(this::applyAtSite);
                    sites.answerUnknown(command, 0).ifPresent(answer -> send(new ToSite(DomainFixture.TOKYO, answer)));
                }
            }
        }
    }

    private void participants(AllocationCommand command) {
        if (command instanceof AllocationCommand.ReleaseAllocation
                && removing.contains(command.allocation().site())) {
            return;
        }
        Arrays.stream(Participant.values())
                .filter(p -> !silent.contains(p))
                .forEach(p -> Answers.to(
                                command, p, full.contains(command.allocation().site()), dead, now)
                        .flatMap(event -> sites.onEvent(at(command.allocation().site()), event, now))
                        .ifPresent(this::applyAtSite));
    }

    private void settle() {
        while (!underWay.isEmpty()) {
            underWay.remove().run();
        }
    }
}

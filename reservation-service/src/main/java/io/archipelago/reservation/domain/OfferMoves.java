package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.Uuid7;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.contracts.placement.PlacementMessage.AlternativesFound;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.reservation.domain.Acceptance.Accepted;
import io.archipelago.reservation.domain.Acceptance.Declined;
import io.archipelago.reservation.domain.Outgoing.ToPlacement;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Offering;
import io.archipelago.reservation.domain.Reservation.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is offered to a tenant instead of what was refused. */
final class OfferMoves {

    /** So many times placement is asked: a tenant who is refused may wait for offers, but not for ever. */
    private static final int MOST_ASKED = 3;

    private final Sites sites;
    private final Pace pace;

    OfferMoves(Sites sites, Pace pace) {
        this.sites = sites;
        this.pace = pace;
    }

    /**
     * Refuses a request; if something else might do, not before placement was asked for that.
     *
     * @param refusals why, by site
     * @param said those of them that sites have said themselves: by what others advertise nobody is limited twice
     */
    Decision<Reservation> refuse(
            Details details,
            Map<SiteId, Share> shares,
            Map<SiteId, List<Refusal>> refusals,
            Map<SiteId, List<Refusal>> said,
            Instant now) {
        boolean over = !now.isBefore(details.request().window().end());
        return over || details.offerTo() != null || most(details) == 0
                ? Decision.of(new Closed(details, shares, State.REFUSED, refusals))
                : ask(new Offering(details, shares, refusals, question(details, refusals, said), 0, now), now);
    }

    /** Asks placement, perhaps again; after so many times nothing is offered. */
    Decision<Reservation> ask(Offering offering, Instant now) {
        if (offering.asked() == MOST_ASKED) {
            return Decision.of(closed(offering, List.of()));
        }
        int asked = offering.asked() + 1;
        return Decision.of(
                new Offering(
                        offering.details(),
                        offering.shares(),
                        offering.refusals(),
                        offering.question(),
                        asked,
                        now.plus(pace.again(asked))),
                new ToPlacement(offering.question()));
    }

    /** Until when an offer that is held may be accepted: as long as a tenant needs to think, but not beyond its window. */
    Instant until(Details details, Instant now) {
        Instant end = details.request().window().end();
        Instant thought = now.plus(pace.offerFor());
        return thought.isBefore(end) ? thought : end;
    }

    /** The request is refused, and what could be had is offered. */
    Offers offer(Offering offering, AlternativesFound found) {
        List<Offer> offers = new ArrayList<>();
        List<Details> begun = new ArrayList<>();
        for (Alternative each : found.alternatives()) {
            int number = offers.size() + 1;
            Details details = details(offering.details(), number, each);
            offers.add(new Offer(number, each.change(), details.id()));
            begun.add(details);
        }
        return new Offers(closed(offering, offers), begun);
    }

    /**
     * What is offered.
     *
     * @param refused what was asked for
     * @param begun of the reservations that are to be made of the offers
     */
    record Offers(Closed refused, List<Details> begun) {}

    /**
     * Takes the tenant's word that it wants an offer; the others to the same request make way.
     *
     * @param found the reservations that the offers are, as far as there is anything known of them
     * @param confirm what is done about one that is held
     * @param cancel what is done about one that makes way
     */
    static Acceptance accept(
            Reservation refused,
            int number,
            Map<ReservationId, Reservation> found,
            Function<Reservation, Optional<Decision<Reservation>>> confirm,
            Function<Reservation, Optional<Decision<Reservation>>> cancel) {
        List<Offer> offers = refused instanceof Closed closed ? closed.offers() : List.of();
        for (Offer other : offers) {
            if (other.number() != number && Offer.standing(found.get(other.reservation())) == Offer.Standing.ACCEPTED) {
                return new Declined(
                        ErrorCode.CONFLICT,
                        "offer %d was accepted and is reservation %s; give that up and ask again for something else"
                                .formatted(other.number(), other.reservation()));
            }
        }
        Reservation wanted = offers.stream()
                .filter(offer -> offer.number() == number)
                .findFirst()
                .map(Offer::reservation)
                .map(found::get)
                .orElse(null);
        if (wanted == null) {
            return new Declined(ErrorCode.NOT_FOUND, "no such offer");
        }
        return switch (Offer.standing(wanted)) {
            case ACCEPTED -> new Accepted(wanted, List.of());
            case HOLDING ->
                new Declined(
                        ErrorCode.CONFLICT,
                        "the sites of offer %d have not all answered yet; accept it once it is OPEN".formatted(number));
            case GONE -> gone(number);
            case OPEN ->
                confirm.apply(wanted)
                        .map(accepted -> (Acceptance) new Accepted(
                                accepted.next(),
                                Stream.concat(
                                                Stream.of(accepted),
                                                offers.stream()
                                                        .filter(offer -> offer.number() != number)
                                                        .map(Offer::reservation)
                                                        .filter(found::containsKey)
                                                        .map(found::get)
                                                        .map(cancel)
                                                        .flatMap(Optional::stream))
                                        .toList()))
                        .orElseGet(() -> gone(number));
        };
    }

    private static Acceptance gone(int number) {
        return new Declined(
                ErrorCode.OFFER_GONE,
                "offer %d is no longer held: it was not accepted in time, or made way for another request; ask again"
                        .formatted(number));
    }

    private static Closed closed(Offering offering, List<Offer> offers) {
        return new Closed(offering.details(), offering.shares(), State.REFUSED, offering.refusals(), offers);
    }

    private static Details details(Details refused, int number, Alternative alternative) {
        Request request = refused.request();
        ReservationId id = new ReservationId(Uuid7.derived(refused.id().value(), "offer " + number));
        return new Details(
                id,
                refused.tenant(),
                refused.requestedBy(),
                refused.requestedAt(),
                request.with(
                        alternative.window(),
                        Plans.group(request.compute(), 1, alternative.computes()),
                        alternative.policy()),
                refused.id(),
                refused.series(),
                refused.preview());
    }

    private FindAlternatives question(
            Details details, Map<SiteId, List<Refusal>> refusals, Map<SiteId, List<Refusal>> said) {
        Request request = details.request();
        Set<SiteId> excluded = new HashSet<>();
        Map<SiteId, Integer> limits = new HashMap<>();
        said.forEach((site, why) -> {
            if (!site.equals(sites.own()) && why.stream().anyMatch(OfferMoves::isForEver)) {
                excluded.add(site);
            } else if (!Plans.passing(why) && !(site.equals(sites.own()) && isAboutLinks(why))) {
                limits.put(site, Plans.limit(why).orElse(0));
            }
        });
        PlanSites refused = new PlanSites(
                details.id(),
                1,
                request.window(),
                request.frontend(),
                request.compute(),
                request.policy(),
                excluded,
                request.network(),
                limits);
        return new FindAlternatives(
                details.tenant(), refused, notBefore(refusals), most(details), details.preview() ? true : null);
    }

    /** Who only asks is told of every way out: nothing is held for any. */
    private int most(Details details) {
        return details.preview() ? Alternative.Change.values().length : pace.offers();
    }

    /** Whether what is missing is between the sites, so that this one alone may do. */
    private static boolean isAboutLinks(List<Refusal> why) {
        return why.stream().allMatch(refusal -> refusal.resource().equals("bandwidth"));
    }

    /** Whether a site is of no use whatever the window. */
    private static boolean isForEver(Refusal refusal) {
        return refusal.code() != ErrorCode.NO_CAPACITY
                && refusal.code() != ErrorCode.HOLD_EXPIRED
                && refusal.code() != ErrorCode.WAITING;
    }

    /** When this site has again what placement knows nothing of, or what fewer machines would not help with: no other site can stand in for that. */
    private @Nullable Instant notBefore(Map<SiteId, List<Refusal>> refusals) {
        return refusals.getOrDefault(sites.own(), List.of()).stream()
                .filter(why -> why.machines() == null || !why.resource().equals(Participant.PLACEMENT.resource()))
                .map(Refusal::earliestStart)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }
}

package io.archipelago.reservation.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.Tx;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.app.Quotas;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.domain.Offer;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Details;
import io.archipelago.reservation.domain.Share.Stage;
import io.archipelago.reservation.persistence.ReservationStore;
import io.archipelago.reservation.persistence.ReservationStore.Versioned;
import io.archipelago.reservation.rest.PreviewView.AlternativeView;
import io.archipelago.reservation.rest.PreviewView.State;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Asks all sites whether something could be had, and waits a while for what they say. */
@Singleton
final class Previews {

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final UnitOfWork unitOfWork;
    private final ReservationService service;
    private final ReservationStore store;
    private final Quotas quotas;
    private final Duration waitFor;
    private final Clock clock = Clock.systemUTC();

    Previews(
            UnitOfWork unitOfWork,
            ReservationService service,
            ReservationStore store,
            Quotas quotas,
            ReservationConfig config) {
        this.unitOfWork = unitOfWork;
        this.service = service;
        this.store = store;
        this.quotas = quotas;
        this.waitFor = config.previews().waitFor();
    }

    /**
     * Asks, and waits.
     *
     * @param reader of what is asked for, by the id that the answer will have
     * @throws Rejection through the result, if the request would be rejected as well: for what is in it, or for the tenant's quota
     */
    Uni<PreviewView> ask(Caller.Who who, BiFunction<ReservationId, Instant, Request> reader) {
        return unitOfWork.inTransaction(tx -> begin(tx, who, reader)).chain(id -> await(id, who));
    }

    private Uni<ReservationId> begin(Tx tx, Caller.Who who, BiFunction<ReservationId, Instant, Request> reader) {
        ReservationId id = new ReservationId(tx.newId());
        Request request = reader.apply(id, tx.now());
        Details details = new Details(id, who.tenant(), who.name(), tx.now(), request).previewed();
        return quotas.excess(tx, details).chain(excess -> {
            excess.ifPresent(e -> {
                throw ReservationResource.rejection(e);
            });
            return service.request(tx, details).replaceWith(id);
        });
    }

    private Uni<PreviewView> await(ReservationId id, Caller.Who who) {
        Instant until = clock.instant().plus(waitFor);
        return Multi.createBy()
                .repeating()
                .uni(() -> look(id, who))
                .withDelay(LOOK_EVERY)
                .whilst(seen -> seen.isPending() && clock.instant().isBefore(until))
                .collect()
                .last();
    }

    /**
     * What is known by now.
     *
     * @throws Rejection NOT_FOUND through the result, if there is nothing of the kind, or it is not the caller's
     */
    Uni<PreviewView> look(ReservationId id, Caller.Who who) {
        return unitOfWork
                .inTransaction(tx -> store.preview(tx, id))
                .map(found -> found.filter(
                                seen -> who.sees(seen.reservation().details().tenant()))
                        .filter(seen -> seen.reservation().details().offerTo() == null)
                        .map(Previews::view)
                        .orElseThrow(() -> Rejection.notFound("preview")));
    }

    static PreviewView view(Versioned seen) {
        Reservation preview = seen.reservation();
        return new PreviewView(
                preview.id(),
                state(preview),
                preview.details().request().window(),
                sites(preview),
                preview instanceof Closed closed ? Views.refusals(closed) : List.of(),
                alternatives(preview, seen.offers()));
    }

    private static List<AlternativeView> alternatives(Reservation refused, Map<ReservationId, Reservation> found) {
        List<Offer> offers = refused instanceof Closed closed ? closed.offers() : List.of();
        return offers.stream()
                .flatMap(offer -> Stream.ofNullable(found.get(offer.reservation()))
                        .map(its -> new AlternativeView(
                                offer.change(),
                                state(its),
                                its.details().request().window(),
                                its.details().request().compute().count(),
                                sites(its))))
                .toList();
    }

    private static State state(Reservation preview) {
        return switch (preview.state()) {
            case FITS -> State.FITS;
            case REFUSED -> State.REFUSED;
            default -> State.ASKING;
        };
    }

    private static Map<SiteId, Integer> sites(Reservation preview) {
        Map<SiteId, Integer> sites = new TreeMap<>();
        preview.shares().forEach((site, share) -> {
            // What attempts that failed have left says nothing.
            if (state(preview) == State.FITS && share.stage() == Stage.PROBED) {
                sites.put(site, share.spec().machines());
            }
        });
        return sites;
    }
}

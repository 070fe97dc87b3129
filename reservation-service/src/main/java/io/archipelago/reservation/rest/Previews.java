package io.archipelago.reservation.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.Tx;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.app.Quotas;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Offer;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.Closed;
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
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Asks all sites whether something could be had, and waits a while for what they say. */
@Singleton
final class Previews {

    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private final UnitOfWork unitOfWork;
    private final ReservationService service;
    private final ReservationStore store;
    private final Quotas quotas;
    private final ReservationConfig.Previews config;
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
        this.config = config.previews();
    }

    /**
     * Asks, and waits.
     *
     * @param tenant whose question it is
     * @param reader of what is asked for, by the id that the answer will have
     * @param waits whether it is worth to wait for more than what is known
     * @throws Rejection through the result, if the request would be rejected as well, for what is in it or for the tenant's quota; or if too many of the
     *     tenant's questions are not answered yet
     */
    Uni<PreviewView> ask(
            Caller.Who who,
            TenantId tenant,
            BiFunction<ReservationId, Instant, Request> reader,
            Predicate<PreviewView> waits) {
        return unitOfWork.inTransaction(tx -> begin(tx, who, tenant, reader)).chain(id -> await(id, who, waits));
    }

    private Uni<ReservationId> begin(
            Tx tx, Caller.Who who, TenantId tenant, BiFunction<ReservationId, Instant, Request> reader) {
        ReservationId id = new ReservationId(tx.newId());
        Request request = reader.apply(id, tx.now());
        Details details = new Details(id, tenant, who.name(), tx.now(), request).previewed();
        // Whoever asks for the same tenant waits from here on.
        return quotas.excess(tx, details)
                .invoke(excess -> excess.ifPresent(e -> {
                    throw ReservationResource.rejection(e);
                }))
                .chain(() -> store.openPreviews(tx, tenant))
                .invoke(this::assertFew)
                .chain(() -> service.request(tx, details))
                .replaceWith(id);
    }

    private void assertFew(long open) {
        if (open >= config.perTenant()) {
            throw new Rejection(
                    ErrorCode.LIMIT_EXCEEDED,
                    "of your tenant's questions %d wait for sites, and no more may at a time; ask again once they are answered"
                            .formatted(open));
        }
    }

    private Uni<PreviewView> await(ReservationId id, Caller.Who who, Predicate<PreviewView> waits) {
        Instant until = clock.instant().plus(config.waitFor());
        return Multi.createBy()
                .repeating()
                .uni(() -> look(id, who))
                .withDelay(LOOK_EVERY)
                .whilst(seen -> waits.test(seen) && clock.instant().isBefore(until))
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
                preview instanceof Closed closed ? Views.refusals(closed.refusals()) : List.of(),
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

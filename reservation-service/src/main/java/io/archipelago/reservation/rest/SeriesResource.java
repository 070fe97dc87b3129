package io.archipelago.reservation.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Tx;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.Uuid7;
import io.archipelago.reservation.app.Quotas;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Quota.Excess;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.persistence.ReservationStore;
import io.archipelago.reservation.persistence.ReservationStore.Versioned;
import io.archipelago.reservation.rest.ReservationView.ProblemView;
import io.archipelago.reservation.rest.SeriesView.OccurrenceView;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jspecify.annotations.Nullable;

/** What a tenant may do with reservations whose window repeats: each occurrence is a reservation by itself. */
@Path("/api/v1/series")
@Produces(MediaType.APPLICATION_JSON)
public class SeriesResource {

    private static final String SERIES = "series";

    private final UnitOfWork unitOfWork;
    private final ReservationService service;
    private final ReservationStore store;
    private final Quotas quotas;
    private final IdempotencyKeys keys;
    private final RequestReader reader;
    private final Caller caller;

    SeriesResource(
            UnitOfWork unitOfWork,
            ReservationService service,
            ReservationStore store,
            Quotas quotas,
            IdempotencyKeys keys,
            RequestReader reader,
            Caller caller) {
        this.unitOfWork = unitOfWork;
        this.service = service;
        this.store = store;
        this.quotas = quotas;
        this.keys = keys;
        this.reader = reader;
        this.caller = caller;
    }

    /** An occurrence for which the tenant's quota has no room. */
    private record Over(Request request, Excess excess) {

        OccurrenceView view() {
            String code = ErrorCode.LIMIT_EXCEEDED.wireName();
            return new OccurrenceView(request.window(), null, new ProblemView(code, null, excess.detail()));
        }
    }

    /**
     * Asks for a cluster each time that its window comes. Each occurrence is taken or not by itself, and then granted or refused; if none is taken the
     * whole is refused as the first of them. The same key with the same body answers with what it became the first time.
     */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Caller.TENANT)
    public Uni<RestResponse<SeriesView>> request(
            @HeaderParam("Idempotency-Key") @Nullable String key, @Nullable JsonNode body) {
        Caller.Who who = caller.who();
        TenantId tenant = who.tenant();
        if (body == null) {
            throw Rejection.invalid(Rejection.BODY, "a JSON object");
        }
        return unitOfWork
                .inTransaction(tx -> {
                    List<Over> over = new ArrayList<>();
                    return keys.once(tx, tenant, key, body, () -> create(tx, who, body, over))
                            .map(SeriesResource::seriesOf)
                            .chain(series -> store.series(tx, series).map(found -> view(series, found, over, who)));
                })
                .map(view -> ResponseBuilder.<SeriesView>create(RestResponse.Status.ACCEPTED)
                        .location(URI.create("/api/v1/series/" + view.id()))
                        .entity(view)
                        .build());
    }

    /** The first that is taken. */
    private Uni<Reservation> create(Tx tx, Caller.Who who, JsonNode body, List<Over> over) {
        ReservationId series = new ReservationId(tx.newId());
        List<Request> requests = reader.readSeries(body, series, tx.now());
        return Multi.createFrom()
                .range(0, requests.size())
                .onItem()
                .transformToUniAndConcatenate(number -> take(tx, who, series, number, requests.get(number), over))
                .collect()
                .asList()
                .map(all -> all.stream()
                        .flatMap(Optional::stream)
                        .findFirst()
                        .orElseThrow(() ->
                                ReservationResource.rejection(over.getFirst().excess())));
    }

    private Uni<Optional<Reservation>> take(
            Tx tx, Caller.Who who, ReservationId series, int number, Request request, List<Over> over) {
        ReservationId id = new ReservationId(Uuid7.derived(series.value(), "occurrence " + number));
        Details details = new Details(id, who.tenant(), who.name(), tx.now(), request).of(series);
        return quotas.excess(tx, details).chain(excess -> {
            if (excess.isPresent()) {
                over.add(new Over(request, excess.get()));
                return Uni.createFrom().item(Optional.empty());
            }
            return service.request(tx, details).map(Optional::of);
        });
    }

    private static ReservationId seriesOf(Reservation first) {
        ReservationId series = first.details().series();
        if (series == null) {
            throw new Rejection(
                    ErrorCode.IDEMPOTENCY_KEY_REUSED,
                    "this Idempotency-Key was used for a reservation that does not repeat");
        }
        return series;
    }

    /** Shows what became of each occurrence that was taken. */
    @GET
    @Path("/{id}")
    @RolesAllowed({Caller.TENANT, Caller.OPERATOR, Caller.ADMIN})
    public Uni<SeriesView> show(@PathParam("id") String id) {
        ReservationId series = ReservationResource.parseOrMissing(id, SERIES);
        Caller.Who who = caller.who();
        return unitOfWork.inTransaction(tx -> find(tx, series, who).map(found -> view(series, found, List.of(), who)));
    }

    /** Gives up all that are not over. Doing so again changes nothing. */
    @DELETE
    @Path("/{id}")
    @RolesAllowed({Caller.TENANT, Caller.OPERATOR, Caller.ADMIN})
    public Uni<RestResponse<SeriesView>> cancel(@PathParam("id") String id) {
        ReservationId series = ReservationResource.parseOrMissing(id, SERIES);
        Caller.Who who = caller.who();
        return unitOfWork
                .inTransaction(tx -> find(tx, series, who)
                        .chain(found -> Multi.createFrom()
                                .iterable(found)
                                .onItem()
                                .transformToUniAndConcatenate(each -> service.cancel(tx, each.reservation()))
                                .collect()
                                .asList())
                        .chain(() -> store.series(tx, series))
                        .map(found -> view(series, found, List.of(), who)))
                .map(view -> RestResponse.status(RestResponse.Status.ACCEPTED, view));
    }

    private Uni<List<Versioned>> find(Tx tx, ReservationId series, Caller.Who who) {
        return store.series(tx, series).invoke(found -> {
            if (found.isEmpty()
                    || !who.sees(found.getFirst().reservation().details().tenant())) {
                throw Rejection.notFound(SERIES);
            }
        });
    }

    private static SeriesView view(ReservationId series, List<Versioned> found, List<Over> over, Caller.Who who) {
        Stream<OccurrenceView> taken = found.stream()
                .map(each -> Views.of(each, who))
                .map(view -> new OccurrenceView(view.window(), view, null));
        return new SeriesView(
                series,
                Stream.concat(taken, over.stream().map(Over::view))
                        .sorted(Comparator.comparing(each -> each.window().start()))
                        .toList());
    }
}

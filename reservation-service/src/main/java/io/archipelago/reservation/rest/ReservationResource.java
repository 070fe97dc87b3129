package io.archipelago.reservation.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.bus.Tx;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.reservation.app.Quotas;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Quota;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.persistence.ReservationStore;
import io.archipelago.reservation.persistence.ReservationStore.Versioned;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.util.List;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jspecify.annotations.Nullable;

/** What a tenant may do with reservations. */
@Path("/api/v1/reservations")
@Produces(MediaType.APPLICATION_JSON)
public class ReservationResource {

    private static final int MOST_PER_PAGE = 200;

    private final UnitOfWork unitOfWork;
    private final ReservationService service;
    private final ReservationStore store;
    private final Quotas quotas;
    private final IdempotencyKeys keys;
    private final RequestReader reader;
    private final Caller caller;

    ReservationResource(
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

    /** Asks for a cluster. The same key with the same body answers with what it became the first time. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Caller.TENANT)
    public Uni<RestResponse<ReservationView>> request(
            @HeaderParam("Idempotency-Key") @Nullable String key, @Nullable JsonNode body) {
        Caller.Who who = caller.who();
        TenantId tenant = who.tenant();
        String by = who.name();
        if (body == null) {
            throw Rejection.invalid(Rejection.BODY, "a JSON object");
        }
        return unitOfWork
                .inTransaction(tx -> keys.once(tx, tenant, key, body, () -> create(tx, tenant, by, body))
                        .chain(made -> seen(tx, made)))
                .map(made -> ResponseBuilder.<ReservationView>create(RestResponse.Status.ACCEPTED)
                        .location(URI.create(
                                "/api/v1/reservations/" + made.reservation().id()))
                        .entity(Views.of(made, who))
                        .build());
    }

    /** Lists reservations, newest first: the tenant's own, or every tenant's for an operator. */
    @GET
    @RolesAllowed({Caller.TENANT, Caller.OPERATOR, Caller.ADMIN})
    public Uni<ReservationView.Page> list(
            @QueryParam("limit") @DefaultValue("50") String perPage, @QueryParam("cursor") @Nullable String cursor) {
        int limit = limit(perPage);
        Caller.Who who = caller.who();
        TenantId tenant = who.seesAll() ? null : who.tenant();
        ReservationId before = cursor == null ? null : parse("cursor", cursor);
        return unitOfWork
                .inTransaction(tx -> store.page(tx, tenant, before, limit + 1))
                .map(found -> {
                    List<ReservationView> items = found.stream()
                            .limit(limit)
                            .map(v -> Views.of(v, who))
                            .toList();
                    boolean more = found.size() > limit;
                    return new ReservationView.Page(
                            items, more ? items.getLast().id().toString() : null);
                });
    }

    /** Shows a reservation. */
    @GET
    @Path("/{id}")
    @RolesAllowed({Caller.TENANT, Caller.OPERATOR, Caller.ADMIN})
    public Uni<RestResponse<ReservationView>> show(
            @PathParam("id") String id, @HeaderParam("If-None-Match") @Nullable String known) {
        ReservationId wanted = parseOrMissing(id);
        Caller.Who who = caller.who();
        return unitOfWork.inTransaction(tx -> store.find(tx, wanted)).map(found -> {
            Versioned seen = found.filter(
                            v -> who.sees(v.reservation().details().tenant()))
                    .orElseThrow(() -> Rejection.notFound("reservation"));
            String tag = ETags.of(seen);
            return tag.equals(known)
                    ? ResponseBuilder.<ReservationView>create(RestResponse.Status.NOT_MODIFIED)
                            .header("ETag", tag)
                            .build()
                    : ResponseBuilder.ok(Views.of(seen, who))
                            .header("ETag", tag)
                            .build();
        });
    }

    /** Gives a reservation up. Doing so again changes nothing. */
    @DELETE
    @Path("/{id}")
    @RolesAllowed({Caller.TENANT, Caller.OPERATOR, Caller.ADMIN})
    public Uni<RestResponse<ReservationView>> cancel(@PathParam("id") String id) {
        ReservationId wanted = parseOrMissing(id);
        Caller.Who who = caller.who();
        return unitOfWork
                .inTransaction(tx -> store.lookAt(tx, wanted).chain(found -> {
                    Reservation reservation = found.filter(
                                    r -> who.sees(r.details().tenant()))
                            .orElseThrow(() -> Rejection.notFound("reservation"));
                    return service.cancel(tx, reservation).chain(after -> seen(tx, after));
                }))
                .map(after -> RestResponse.status(RestResponse.Status.ACCEPTED, Views.of(after, who)));
    }

    /** With what is offered instead of it. */
    private Uni<Versioned> seen(Tx tx, Reservation reservation) {
        return store.find(tx, reservation.id())
                .map(found -> found.orElseThrow(() -> Rejection.notFound("reservation")));
    }

    private Uni<Reservation> create(Tx tx, TenantId tenant, String by, JsonNode body) {
        ReservationId id = new ReservationId(tx.newId());
        Request request = reader.read(body, id, tx.now());
        Details details = new Details(id, tenant, by, tx.now(), request);
        return quotas.excess(tx, details).chain(excess -> {
            excess.ifPresent(e -> {
                throw rejection(e);
            });
            return service.request(tx, details);
        });
    }

    /** What a tenant reads whose quota has no room. */
    static Rejection rejection(Quota.Excess excess) {
        String field = excess.field().isEmpty() ? Rejection.BODY : excess.field();
        return new Rejection(
                ErrorCode.LIMIT_EXCEEDED, excess.detail(), List.of(new FieldError(field, excess.detail())));
    }

    /** It comes as text: what is no number would otherwise be answered as a path where nothing is. */
    private static int limit(String text) {
        if (text.matches("[0-9]{1,3}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MOST_PER_PAGE) {
                return limit;
            }
        }
        throw Rejection.invalid("limit", "a whole number from 1 to " + MOST_PER_PAGE);
    }

    private static ReservationId parse(String field, String text) {
        try {
            return ReservationId.parse(text);
        } catch (IllegalArgumentException e) {
            throw Rejection.invalid(field, "as it was given in 'next'");
        }
    }

    static ReservationId parseOrMissing(String id) {
        return parseOrMissing(id, "reservation");
    }

    /** @param what there is none of, if it can not be an id */
    static ReservationId parseOrMissing(String id, String what) {
        try {
            return ReservationId.parse(id);
        } catch (IllegalArgumentException e) {
            throw Rejection.notFound(what);
        }
    }
}

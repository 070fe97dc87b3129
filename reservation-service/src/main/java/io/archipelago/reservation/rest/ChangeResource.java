package io.archipelago.reservation.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.domain.Proposal;
import io.archipelago.reservation.domain.Proposal.Declined;
import io.archipelago.reservation.domain.Proposal.Made;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.persistence.ReservationStore;
import io.archipelago.reservation.persistence.ReservationStore.Versioned;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jspecify.annotations.Nullable;

/** How a tenant changes a cluster that is scheduled or runs. */
@Path("/api/v1/reservations/{id}")
@Produces(MediaType.APPLICATION_JSON)
public class ChangeResource {

    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final UnitOfWork unitOfWork;
    private final ReservationService service;
    private final ReservationStore store;
    private final ChangeReader reader;
    private final Caller caller;

    ChangeResource(
            UnitOfWork unitOfWork,
            ReservationService service,
            ReservationStore store,
            ChangeReader reader,
            Caller caller) {
        this.unitOfWork = unitOfWork;
        this.service = service;
        this.store = store;
        this.reader = reader;
        this.caller = caller;
    }

    /**
     * Asks that a cluster be otherwise: {@code window} with {@code start}, {@code end} or {@code duration}; {@code machines.compute.count}; and {@code
     * leaving}, the names of compute machines that go. What is not written stays. The answer shows the {@code change} while sites are asked, and it is gone once
     * the cluster is like that; if one of them can not, it says why, and the cluster is as it was. With {@code If-Match}, as {@code ETag} came with it, 412 if
     * somebody else has asked for a change since.
     */
    @PATCH
    @Consumes({MediaType.APPLICATION_JSON, MERGE_PATCH})
    @RolesAllowed(Caller.TENANT)
    public Uni<RestResponse<ReservationView>> change(
            @PathParam("id") String id, @HeaderParam("If-Match") @Nullable String known, @Nullable JsonNode body) {
        ReservationId wanted = ReservationResource.parseOrMissing(id);
        Caller.Who who = caller.who();
        TenantId tenant = who.tenant();
        if (body == null) {
            throw Rejection.invalid(Rejection.BODY, "a JSON object");
        }
        return unitOfWork
                .inTransaction(tx -> store.lookAt(tx, wanted)
                        .map(found -> found.filter(r -> r.details().tenant().equals(tenant))
                                .orElseThrow(() -> Rejection.notFound("reservation")))
                        .chain(seen -> service.change(tx, seen, now -> {
                            requireKnown(now, known);
                            return reader.read(body, now.details().request(), tx.now());
                        }))
                        .map(ChangeResource::asked)
                        .chain(asked -> store.find(tx, asked.id())))
                .map(found -> answer(found.orElseThrow(() -> Rejection.notFound("reservation")), who));
    }

    private static void requireKnown(Reservation now, @Nullable String known) {
        if (known != null && !ETags.isOf(known, now.details())) {
            throw new Rejection(
                    ErrorCode.STALE, "a change was asked for since what If-Match names: read the reservation again");
        }
    }

    private static Reservation asked(Proposal proposal) {
        return switch (proposal) {
            case Made made -> made.decision().next();
            case Declined declined
            when declined.code() == ErrorCode.INVALID_REQUEST ->
                throw Rejection.invalid(declined.field(), declined.detail());
            case Declined declined
            when declined.field().isEmpty() -> throw new Rejection(declined.code(), declined.detail());
            case Declined declined ->
                throw new Rejection(
                        declined.code(),
                        declined.detail(),
                        List.of(new FieldError(declined.field(), declined.detail())));
        };
    }

    private static RestResponse<ReservationView> answer(Versioned seen, Caller.Who who) {
        return ResponseBuilder.<ReservationView>create(RestResponse.Status.ACCEPTED)
                .header("ETag", ETags.of(seen))
                .entity(Views.of(seen, who))
                .build();
    }
}

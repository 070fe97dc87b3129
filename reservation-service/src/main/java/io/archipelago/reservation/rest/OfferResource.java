package io.archipelago.reservation.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.reservation.app.ReservationService;
import io.archipelago.reservation.domain.Acceptance;
import io.archipelago.reservation.domain.Acceptance.Accepted;
import io.archipelago.reservation.domain.Acceptance.Declined;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.persistence.ReservationStore;
import io.archipelago.reservation.persistence.ReservationStore.Versioned;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.util.Map;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** What a tenant may do with the counter-offers to what was refused. */
@Path("/api/v1/reservations/{id}/offers")
@Produces(MediaType.APPLICATION_JSON)
public class OfferResource {

    private final UnitOfWork unitOfWork;
    private final ReservationService service;
    private final ReservationStore store;
    private final Caller caller;

    OfferResource(UnitOfWork unitOfWork, ReservationService service, ReservationStore store, Caller caller) {
        this.unitOfWork = unitOfWork;
        this.service = service;
        this.store = store;
        this.caller = caller;
    }

    /**
     * Accepts an offer that is OPEN; the answer is the reservation that it is from then on, and the other offers are given up. Doing so again changes
     * nothing. Where another one was accepted, or the sites have not all answered yet, the answer is 409; where the offer is no longer held, 410.
     */
    @POST
    @Path("/{number}/accept")
    @RolesAllowed(Caller.TENANT)
    public Uni<RestResponse<ReservationView>> accept(@PathParam("id") String id, @PathParam("number") String number) {
        ReservationId refused = ReservationResource.parseOrMissing(id);
        Caller.Who who = caller.who();
        TenantId tenant = who.tenant();
        return unitOfWork
                .inTransaction(tx -> store.lookAt(tx, refused).chain(found -> {
                    Reservation reservation = found.filter(
                                    r -> r.details().tenant().equals(tenant))
                            .orElseThrow(() -> Rejection.notFound("reservation"));
                    return service.accept(tx, reservation, parse(number));
                }))
                .map(acceptance -> answer(acceptance, who));
    }

    private static RestResponse<ReservationView> answer(Acceptance acceptance, Caller.Who who) {
        return switch (acceptance) {
            case Accepted accepted ->
                ResponseBuilder.<ReservationView>create(RestResponse.Status.ACCEPTED)
                        .location(URI.create(
                                "/api/v1/reservations/" + accepted.offer().id()))
                        .entity(Views.of(new Versioned(accepted.offer(), 0, Map.of()), who))
                        .build();
            case Declined declined -> throw new Rejection(declined.code(), declined.detail());
        };
    }

    private static int parse(String number) {
        if (number.matches("[1-9]")) {
            return Integer.parseInt(number);
        }
        throw Rejection.notFound("offer");
    }
}

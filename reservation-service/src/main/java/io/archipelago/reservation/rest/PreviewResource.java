package io.archipelago.reservation.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.bus.Rejection;
import io.archipelago.contracts.Ids.TenantId;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;
import org.jspecify.annotations.Nullable;

/** What would be answered to a request, without making it. */
@Path("/api/v1/reservations/preview")
@Produces(MediaType.APPLICATION_JSON)
public class PreviewResource {

    private final Previews previews;
    private final RequestReader reader;
    private final Caller caller;

    PreviewResource(Previews previews, RequestReader reader, Caller caller) {
        this.previews = previews;
        this.reader = reader;
        this.caller = caller;
    }

    /**
     * Asks whether what a body says could be had; the body is that of a request. All sites are asked, and none holds anything. What is known within a few
     * seconds is answered with 200; if there is more to come, with 202 and the address of the answer.
     */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Caller.TENANT)
    public Uni<RestResponse<PreviewView>> ask(@Nullable JsonNode body) {
        Caller.Who who = caller.who();
        TenantId tenant = who.tenant();
        if (body == null) {
            throw Rejection.invalid(Rejection.BODY, "a JSON object");
        }
        return previews.ask(who, tenant, (id, now) -> reader.read(body, id, now), PreviewView::isPending)
                .map(PreviewResource::answer);
    }

    /** What is known of an answer by now; it is kept for a while. */
    @GET
    @Path("/{id}")
    @RolesAllowed({Caller.TENANT, Caller.OPERATOR, Caller.ADMIN})
    public Uni<PreviewView> show(@PathParam("id") String id) {
        return previews.look(ReservationResource.parseOrMissing(id, "preview"), caller.who());
    }

    private static RestResponse<PreviewView> answer(PreviewView seen) {
        return seen.isPending()
                ? ResponseBuilder.<PreviewView>create(RestResponse.Status.ACCEPTED)
                        .location(URI.create("/api/v1/reservations/preview/" + seen.id()))
                        .entity(seen)
                        .build()
                : RestResponse.ok(seen);
    }
}

package io.archipelago.participant.rest;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Pool;
import io.archipelago.participant.persistence.SiteStore;
import io.archipelago.participant.persistence.SiteStore.Difference;
import io.archipelago.participant.persistence.SiteStore.HostSeen;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** What this service owns, for operators; nothing here is for tenants. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed({"operator", "admin"})
public class SiteResource {

    private final UnitOfWork unitOfWork;
    private final SiteStore store;

    SiteResource(UnitOfWork unitOfWork, SiteStore store) {
        this.unitOfWork = unitOfWork;
        this.store = store;
    }

    /** What can be booked. */
    @GET
    @Path("/pools")
    public Uni<List<Pool>> pools() {
        return unitOfWork.inTransaction(store::pools);
    }

    /** What is booked. */
    @GET
    @Path("/bookings")
    public Uni<List<Booking>> bookings() {
        return unitOfWork.inTransaction(store::bookings);
    }

    /** The hosts of the site, and when each was last heard of. */
    @GET
    @Path("/hosts")
    public Uni<List<HostSeen>> hosts() {
        return unitOfWork.inTransaction(store::hosts);
    }

    /** Where what is wanted on hosts and what is seen there differ, and what is there that nobody has a record of. */
    @GET
    @Path("/drift")
    public Uni<List<Difference>> drift() {
        return unitOfWork.inTransaction(store::drift);
    }
}

package io.archipelago.participant.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Pool;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.participant.app.HostService;
import io.archipelago.participant.app.ObservationService;
import io.archipelago.participant.persistence.MaintenanceStore;
import io.archipelago.participant.persistence.MaintenanceStore.Displaced;
import io.archipelago.participant.persistence.SiteStore;
import io.archipelago.participant.persistence.SiteStore.Difference;
import io.archipelago.participant.persistence.SiteStore.HostSeen;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** What this service owns, for operators, and what only they may decide; nothing here is for tenants. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed({"operator", "admin"})
public class SiteResource {

    private final UnitOfWork unitOfWork;
    private final SiteStore store;
    private final HostService hosts;
    private final ObservationService observations;
    private final MaintenanceStore maintenance;
    private final SecurityIdentity identity;

    SiteResource(
            UnitOfWork unitOfWork,
            SiteStore store,
            HostService hosts,
            ObservationService observations,
            MaintenanceStore maintenance,
            SecurityIdentity identity) {
        this.unitOfWork = unitOfWork;
        this.store = store;
        this.hosts = hosts;
        this.observations = observations;
        this.maintenance = maintenance;
        this.identity = identity;
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

    /** What is booked and can not stay: its host is maintained then, has less than it had, or is lost. Nothing is stopped for it. */
    @GET
    @Path("/bookings/displaced")
    public Uni<List<Displaced>> displaced() {
        return unitOfWork.inTransaction(maintenance::displaced);
    }

    /** The hosts of the site, and when each was last heard of. */
    @GET
    @Path("/hosts")
    public Uni<List<HostSeen>> hosts() {
        return unitOfWork.inTransaction(store::hosts);
    }

    /**
     * When a host is maintained, as this service knows it.
     *
     * @param windows when
     * @param displaced what this service has booked of it that does not fit because of that, or for another reason
     */
    public record MaintenanceView(HostId host, List<Maintenance> windows, List<Displaced> displaced) {}

    /** When a host is maintained, and what is booked of it for then. */
    @GET
    @Path("/hosts/{host}/maintenance")
    public Uni<MaintenanceView> maintenance(@PathParam("host") String host) {
        HostId id = HostInPath.read(host);
        return unitOfWork.inTransaction(tx -> hosts.maintenance(tx, id)
                .chain(windows ->
                        maintenance.displaced(tx, id).map(displaced -> new MaintenanceView(id, windows, displaced))));
    }

    /** Says that a host runs nothing any more: what lay on it counts as gone. Refused while the host speaks. */
    @POST
    @Path("/hosts/{host}/dead")
    public Uni<HostSeen> declareDead(@PathParam("host") String host) {
        String operator = operator();
        HostId id = HostInPath.read(host);
        return unitOfWork
                .inTransaction(tx -> hosts.declareDead(tx, id, operator))
                .map(HostSeen::of);
    }

    /** Has a thing removed of which there is no record. */
    @POST
    @Path("/hosts/{host}/strangers/{kind}/{id}/removal")
    public Uni<Void> removeStranger(
            @PathParam("host") String host, @PathParam("kind") String kind, @PathParam("id") String id) {
        String operator = operator();
        HostId where = HostInPath.read(host);
        ResourceKey key = key(kind, id);
        return unitOfWork.inTransaction(tx -> observations.removeStranger(tx, where, key, operator));
    }

    /** Where what is wanted on hosts and what is seen there differ, and what is there that nobody has a record of. */
    @GET
    @Path("/drift")
    public Uni<List<Difference>> drift() {
        return unitOfWork.inTransaction(store::drift);
    }

    /** To be asked before a transaction begins: within one, the request's context is not at hand. */
    private String operator() {
        return identity.getPrincipal().getName();
    }

    private static ResourceKey key(String kind, String id) {
        try {
            return ResourceKey.parse(kind + "/" + id);
        } catch (IllegalArgumentException e) {
            throw Rejection.notFound("stranger");
        }
    }
}

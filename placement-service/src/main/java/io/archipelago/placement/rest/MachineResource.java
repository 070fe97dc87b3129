package io.archipelago.placement.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.participant.rest.HostInPath;
import io.archipelago.placement.app.RebootService;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** What operators do with machines of the site's hosts; {@code id} is that of a machine's key, as {@code GET /api/v1/drift} and an agent's log show it. */
@Path("/api/v1/hosts/{host}/machines/{id}")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed({"operator", "admin"})
public class MachineResource {

    private final UnitOfWork unitOfWork;
    private final RebootService reboots;
    private final SecurityIdentity identity;

    MachineResource(UnitOfWork unitOfWork, RebootService reboots, SecurityIdentity identity) {
        this.unitOfWork = unitOfWork;
        this.reboots = reboots;
        this.identity = identity;
    }

    /** Has a machine asked to shut down, after a while switched off if it does not listen, and started again. Who asks once more before that has begun, asks for the same. */
    @POST
    @Path("/reboot")
    public Uni<Void> reboot(@PathParam("host") String host, @PathParam("id") String id) {
        String operator = identity.getPrincipal().getName();
        HostId where = HostInPath.read(host);
        ResourceKey machine = machine(id);
        return unitOfWork.inTransaction(tx -> reboots.reboot(tx, where, machine, operator));
    }

    private static ResourceKey machine(String id) {
        try {
            ResourceKey key = new ResourceKey(ResourceKind.MACHINE, id);
            // Only what names an allocation may be a lease's.
            key.allocation();
            return key;
        } catch (IllegalArgumentException e) {
            throw Rejection.notFound("machine");
        }
    }
}

package io.archipelago.reservation.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.Tx;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.reservation.app.AllocationService;
import io.archipelago.reservation.domain.Allocation;
import io.archipelago.reservation.domain.Digests;
import io.archipelago.reservation.domain.Sites;
import io.archipelago.reservation.persistence.ExchangeStore;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;

/** What an operator does about a share that this site gives and whose master does not count on it. */
@Path("/api/v1/shares")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed({Caller.OPERATOR, Caller.ADMIN})
public class ShareResource {

    private static final Logger LOG = Logger.getLogger(ShareResource.class);

    private final UnitOfWork unitOfWork;
    private final AllocationService shares;
    private final ExchangeStore exchanges;
    private final Sites sites;
    private final Caller caller;

    ShareResource(
            UnitOfWork unitOfWork, AllocationService shares, ExchangeStore exchanges, Sites sites, Caller caller) {
        this.unitOfWork = unitOfWork;
        this.shares = shares;
        this.exchanges = exchanges;
        this.sites = sites;
        this.caller = caller;
    }

    /** A share as it is here. */
    public record ShareView(AllocationId share, SiteId master, ShareDigest.Stage state) {}

    /**
     * Gives a share of this site back, whatever its master believes; machines that run of it are stopped. After the database was set back also
     * one that it has no record of. Logged with the operator's name.
     */
    @DELETE
    @Path("/{id}")
    public Uni<RestResponse<ShareView>> giveBack(@PathParam("id") String text) {
        AllocationId id = parse(text);
        String who = caller.who().name();
        return unitOfWork
                .inTransaction(tx -> shares.giveBack(tx, id)
                        .chain(found -> found.map(a -> Uni.createFrom().item(a)).orElseGet(() -> unseen(tx, id))))
                .invoke(() -> LOG.warnf("operator %s gives share %s back", who, id))
                .map(after -> RestResponse.status(
                        RestResponse.Status.ACCEPTED,
                        new ShareView(
                                id,
                                after.header().spec().master(),
                                Digests.entry(after).stage())));
    }

    private Uni<Allocation> unseen(Tx tx, AllocationId id) {
        return exchanges.restoredIn(tx).chain(epoch -> {
            if (epoch == 0) {
                throw Rejection.notFound("share");
            }
            return shares.giveBackUnseen(tx, id, epoch);
        });
    }

    private AllocationId parse(String text) {
        AllocationId id;
        try {
            id = AllocationId.parse(text);
        } catch (IllegalArgumentException e) {
            throw Rejection.notFound("share");
        }
        if (!id.site().equals(sites.own())) {
            throw new Rejection(ErrorCode.NOT_FOUND, "site " + id.site() + " gives this share; ask there");
        }
        return id;
    }
}

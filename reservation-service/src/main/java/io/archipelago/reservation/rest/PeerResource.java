package io.archipelago.reservation.rest;

import io.archipelago.bus.UnitOfWork;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.reservation.FederationConfig;
import io.archipelago.reservation.domain.Digests.Difference;
import io.archipelago.reservation.domain.Sites;
import io.archipelago.reservation.persistence.ExchangeStore;
import io.archipelago.reservation.persistence.ExchangeStore.Exchange;
import io.archipelago.reservation.persistence.ExchangeStore.Place;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How it stands between this site and those that it talks to, for operators. */
@Path("/api/v1/peers")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed({Caller.OPERATOR, Caller.ADMIN})
public class PeerResource {

    private final UnitOfWork unitOfWork;
    private final ExchangeStore exchanges;
    private final FederationConfig config;
    private final Sites sites;

    PeerResource(UnitOfWork unitOfWork, ExchangeStore exchanges, FederationConfig config, Sites sites) {
        this.unitOfWork = unitOfWork;
        this.exchanges = exchanges;
        this.config = config;
        this.sites = sites;
    }

    /** Whether a site has been heard of lately. */
    public enum PeerState {
        /** Within twice the time after which every site says something. */
        HEARD,
        SILENT,
        NEVER_HEARD
    }

    /**
     * A site that this one talks to.
     *
     * @param own whether it is this site itself: what it says to its own shares takes the same road
     * @param lastHeard when its last message was taken
     * @param in the last message taken of what it says
     * @param out the last message to it
     * @param waiting messages to it that this site's broker has not taken yet
     * @param notSeen messages to it that it had not taken when it last told what it believes; null if that was of another epoch
     * @param lastDigest when it last told what it believes
     * @param differences where it then believed something else than this site
     * @param ignored how many things it said of shares that are none of its
     */
    public record PeerView(
            SiteId peer,
            int number,
            boolean own,
            PeerState state,
            @Nullable Instant lastHeard,
            Place in,
            Place out,
            long waiting,
            @Nullable Long notSeen,
            @Nullable Instant lastDigest,
            List<Difference> differences,
            long ignored) {}

    /** Every site that this one talks to, itself included. */
    @GET
    public Uni<List<PeerView>> peers() {
        return unitOfWork.inTransaction(tx -> exchanges
                .all(tx)
                .map(all -> all.stream()
                        .filter(e -> sites.numbers().containsKey(e.site()))
                        .map(e -> view(e, tx.now()))
                        .toList()));
    }

    private PeerView view(Exchange exchange, Instant now) {
        boolean sameEpoch = exchange.seen().epoch() == exchange.out().epoch();
        return new PeerView(
                exchange.site(),
                Objects.requireNonNull(sites.numbers().get(exchange.site())),
                exchange.site().equals(sites.own()),
                state(exchange.lastHeard(), now),
                exchange.lastHeard(),
                exchange.in(),
                exchange.out(),
                exchange.waiting(),
                sameEpoch ? exchange.out().sequence() - exchange.seen().sequence() : null,
                exchange.heard(),
                exchange.differences(),
                exchange.ignored());
    }

    private PeerState state(@Nullable Instant lastHeard, Instant now) {
        if (lastHeard == null) {
            return PeerState.NEVER_HEARD;
        }
        boolean lately = lastHeard.isAfter(now.minus(config.compareEvery().multipliedBy(2)));
        return lately ? PeerState.HEARD : PeerState.SILENT;
    }
}

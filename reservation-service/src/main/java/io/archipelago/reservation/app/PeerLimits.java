package io.archipelago.reservation.app;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.contracts.allocation.Refusal;
import io.archipelago.contracts.federation.ShareMessage.HoldShare;
import io.archipelago.reservation.FederationConfig;
import io.archipelago.reservation.domain.PeerLimit;
import io.archipelago.reservation.persistence.AllocationStore;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Counts what peers have here against what they may. One reader takes a peer's commands in their order, so that no two are counted at once. */
@ApplicationScoped
public class PeerLimits {

    private static final long GIB = 1L << 30;

    private final FederationConfig config;
    private final AllocationStore store;

    PeerLimits(FederationConfig config, AllocationStore store) {
        this.config = config;
        this.store = store;
    }

    /** Why a share would be too much for its master; empty also for who is no peer, which is this site itself. */
    Uni<Optional<Refusal>> excess(Tx tx, SiteId master, HoldShare hold) {
        return excess(tx, master, hold.allocation(), hold.spec(), hold.heldFor() == HoldPurpose.OFFER);
    }

    /**
     * The same of any share.
     *
     * @param wanted what it would be
     * @param offer whether it is for a counter-offer
     */
    Uni<Optional<Refusal>> excess(Tx tx, SiteId master, AllocationId share, AllocationSpec wanted, boolean offer) {
        FederationConfig.Peer peer = config.peers().get(master.value());
        if (peer == null) {
            return Uni.createFrom().item(Optional.empty());
        }
        PeerLimit limit = new PeerLimit(
                peer.limits().machines().orElse(config.limits().machines()),
                peer.limits().volumeGib().orElse(config.limits().volumeGib()) * GIB);
        return store.uses(tx, master, share, wanted.window(), offer)
                .map(others -> limit.excess(master, others, wanted));
    }
}

package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.HoldPurpose;
import io.archipelago.reservation.domain.Outgoing.ToSite;
import io.archipelago.reservation.domain.Share.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a master tells the sites of a reservation. */
final class Commands {

    private final Pace pace;

    Commands(Pace pace) {
        this.pace = pace;
    }

    /** The last command to a share, to be given or given again. */
    Outgoing of(Details details, Share share, Facts.@Nullable OfCluster cluster) {
        HoldPurpose purpose = details.purpose();
        return new ToSite(share.site(), share.command(cluster, pace.holdFor(purpose), purpose));
    }

    /** Has all sites give back what they may have; the shares as they are then. Who was only probed has nothing. */
    Map<SiteId, Share> releaseAll(Reservation reservation, List<Outgoing> messages, Instant now) {
        boolean probed = reservation.details().preview();
        Map<SiteId, Share> after = new LinkedHashMap<>();
        reservation.shares().forEach((site, share) -> {
            if (probed && (share.stage().open() || share.stage() == Stage.PROBED)) {
                after.put(site, share.released());
                return;
            }
            if (!share.stage().open() || share.stage() == Stage.RELEASING) {
                after.put(site, share);
                return;
            }
            Share releasing = share.releasing(now.plus(pace.again(1)));
            messages.add(of(reservation.details(), releasing, null));
            after.put(site, releasing);
        });
        return after;
    }

    /** Asks those again whose answer is overdue. */
    Decision<Reservation> askAgain(Reservation reservation, Instant now) {
        List<Outgoing> messages = new ArrayList<>();
        Map<SiteId, Share> shares = new TreeMap<>(reservation.shares());
        shares.replaceAll((site, share) -> {
            Instant at = share.askAgainAt();
            if (at == null || now.isBefore(at)) {
                return share;
            }
            messages.add(of(reservation.details(), share, reservation.facts()));
            return share.askedAgain(now.plus(pace.again(share.asked() + 1)));
        });
        return new Decision<>(reservation.with(shares), messages);
    }
}

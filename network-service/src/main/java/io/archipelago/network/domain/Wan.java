package io.archipelago.network.domain;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.contracts.BitRate;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Facts;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What clusters' links may take of the WAN. Towards a peer whose bandwidth is told every link has its share of it, also that of a cluster which
 * has asked for none: a link that might take all would take what others were promised.
 *
 * @param peers what all links to a peer together may take, in bits per second; of a peer that is not named nothing is promised
 * @param otherwise what a link may take whose cluster has asked for nothing, in bits per second; 0: not limited
 */
public record Wan(Map<SiteId, Long> peers, long otherwise) {

    /** No peer's bandwidth is told, and no link is limited. */
    public static final Wan UNTOLD = new Wan(Map.of(), 0);

    private static final String BITS = "bits-per-second";

    /**
     * Checked.
     *
     * @throws IllegalArgumentException if a peer is named, and links that asked for nothing are not limited, or to more than there is
     */
    public Wan {
        peers = Map.copyOf(peers);
        peers.forEach((peer, bandwidth) -> {
            if (bandwidth < 1) {
                throw new IllegalArgumentException(
                        "network.wan.%s.bandwidth is 1 bit per second or more, not %d".formatted(peer, bandwidth));
            }
            if (otherwise < 1 || otherwise > bandwidth) {
                throw new IllegalArgumentException(
                        ("network.link.bandwidth is from 1 to network.wan.%s.bandwidth, %d, not %d: a link that may take all would take"
                                        + " what others were promised")
                                .formatted(peer, bandwidth, otherwise));
            }
        });
    }

    List<Pool> pools() {
        return peers.entrySet().stream()
                .map(peer -> new Pool(pool(peer.getKey()), Amounts.of(BITS, peer.getValue()), null, true, Map.of()))
                .toList();
    }

    /** What the links of a cluster are to have, in bits per second, by peer; those of whose bandwidth nothing is told are not among them. */
    Map<SiteId, Long> shares(AllocationSpec spec) {
        return spec.peers().stream()
                .filter(peers::containsKey)
                .collect(Collectors.toMap(Function.identity(), peer -> share(spec)));
    }

    private long share(AllocationSpec spec) {
        return Objects.requireNonNullElse(spec.bandwidth(), otherwise);
    }

    /** What is booked for the links of a cluster: what was chosen for them, whatever the site's figures are by now. */
    static Stream<Claim> claims(Facts.Segment chosen) {
        return chosen.booked().entrySet().stream()
                .map(link -> new Claim(pool(link.getKey()), null, Amounts.of(BITS, link.getValue())));
    }

    /** What the link to a peer may take, in bits per second; 0: not limited. */
    long limit(Facts.Segment chosen, SiteId peer) {
        return chosen.booked().getOrDefault(peer, otherwise);
    }

    /** Whether every link of a cluster finds its share throughout a window. */
    boolean hasRoom(AllocationSpec spec, Calendar calendar, TimeWindow window) {
        return shares(spec).entrySet().stream()
                .allMatch(link -> room(pool(link.getKey()), calendar, window) >= link.getValue());
    }

    /** Why this site can not promise at any time what is asked for; empty if it can. */
    Optional<String> neverPromised(AllocationSpec spec) {
        Long asked = spec.bandwidth();
        return asked == null
                ? Optional.empty()
                : spec.peers().stream()
                        .filter(peer -> asked > peers.getOrDefault(peer, 0L))
                        .findFirst()
                        .map(peer -> Optional.ofNullable(peers.get(peer))
                                .map(most -> "of the WAN to " + peer + " this site promises at most "
                                        + BitRate.written(most) + ", and " + BitRate.written(asked) + " are asked for")
                                .orElse("this site promises no bandwidth to " + peer
                                        + "; ask for none, or for other sites"));
    }

    /** Which link finds too little, and how much there is for it. */
    String shortage(AllocationSpec spec, Calendar calendar, TimeWindow window) {
        return spec.peers().stream()
                .filter(peers::containsKey)
                .min(Comparator.comparingLong(peer -> room(pool(peer), calendar, window)))
                .map(peer ->
                        "of the %s of the WAN to %s that a link of this cluster takes %s are free throughout the window"
                                .formatted(
                                        BitRate.written(share(spec)),
                                        peer,
                                        BitRate.written(Math.max(0, room(pool(peer), calendar, window)))))
                .orElse("");
    }

    /** How much is missing for the link that finds least, in bits per second. */
    long missing(AllocationSpec spec, Calendar calendar, TimeWindow window) {
        return spec.peers().stream()
                .filter(peers::containsKey)
                .mapToLong(peer -> share(spec) - Math.max(0, room(pool(peer), calendar, window)))
                .max()
                .orElse(0);
    }

    private static long room(String pool, Calendar calendar, TimeWindow window) {
        return calendar.pool(pool)
                .map(of -> calendar.free(of, window).get(BITS))
                .orElse(0L);
    }

    /** No host is called like that. */
    private static String pool(SiteId peer) {
        return "wan/" + peer;
    }
}

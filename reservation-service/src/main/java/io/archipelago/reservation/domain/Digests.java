package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.contracts.federation.ShareDigest.Stage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this site believes of shares, in the words of a digest, and where that is not what their master or their site believes. */
public final class Digests {

    /** Of so many reservations one digest speaks at most; it is then far below what a broker takes. */
    public static final int PAGE = 1_000;

    private Digests() {}

    /**
     * Where two sites do not believe the same.
     *
     * @param allocation the share
     * @param here what is believed here
     * @param there what the other site believes
     * @param remedy what is being done about it
     * @param act whether an operator must act
     */
    public record Difference(AllocationId allocation, Stage here, Stage there, String remedy, boolean act) {}

    /**
     * The range of the next digest.
     *
     * @param rest what is still to be spoken of; nothing is lost if reservations come and go meanwhile, for it says all of its range
     * @param reservations of which something is to be said: at least the first so many of the rest and one more, as far as there are any
     * @param size of so many it speaks at most
     */
    public static Range page(Range rest, Collection<ReservationId> reservations, int size) {
        return reservations.stream()
                .filter(rest::contains)
                .distinct()
                .sorted()
                .skip(size)
                .findFirst()
                .map(next -> new Range(rest.first(), next))
                .orElse(rest);
    }

    /** The open shares of a site in those reservations of this one that are in a range. */
    public static List<Entry> asMaster(Collection<Reservation> reservations, SiteId site, Range range) {
        return reservations.stream()
                .filter(r -> range.contains(r.id()))
                .map(r -> r.shares().get(site))
                .filter(share -> share != null && share.stage().open())
                .map(Digests::entry)
                .toList();
    }

    /** What a master says of a share. */
    static Entry entry(Share share) {
        Stage stage = switch (share.stage()) {
            case HOLDING -> Stage.HOLDING;
            case HELD -> Stage.HELD;
            case CONFIRMING -> Stage.CONFIRMING;
            case CONFIRMED, LOST -> Stage.CONFIRMED;
            case RELEASING -> Stage.RELEASING;
            case PROBED, REFUSED, RELEASED -> Stage.RELEASED;
        };
        return new Entry(share.id(), share.sequence(), stage, share.heard());
    }

    /** What a site says of a share. */
    public static Entry entry(Allocation allocation) {
        Stage stage = switch (allocation) {
            case Allocation.Holding holding -> Stage.HOLDING;
            case Allocation.Held held -> Stage.HELD;
            case Allocation.Confirming confirming -> Stage.CONFIRMING;
            case Leased.Confirmed confirmed -> Stage.CONFIRMED;
            case Leased.Running running -> Stage.RUNNING;
            case Allocation.Releasing releasing -> Stage.RELEASING;
            case Allocation.Released released -> Stage.RELEASED;
            case Allocation.Forgotten forgotten -> Stage.UNKNOWN;
        };
        long told = allocation instanceof Leased.Running running
                ? AllocationMessages.statusOf(running).fingerprint()
                : 0;
        return stage == Stage.UNKNOWN
                ? unknown(allocation.id())
                : new Entry(allocation.id(), allocation.header().shareSequence(), stage, told);
    }

    /** What a site says of a share that it has no record of. */
    public static Entry unknown(AllocationId id) {
        return new Entry(id, 0, Stage.UNKNOWN, 0);
    }

    /** Where a master sees what is said of a share otherwise; empty if the two agree or are on their way to. */
    public static Optional<Difference> atMaster(Optional<Reservation> reservation, Entry site) {
        Share share =
                reservation.map(r -> r.shares().get(site.allocation().site())).orElse(null);
        if (share == null) {
            return leased(site.stage())
                    ? Optional.of(orphan(site.allocation(), Stage.UNKNOWN, site.stage()))
                    : Optional.empty();
        }
        Stage here = entry(share).stage();
        return switch (Remedy.of(share, site)) {
            case NOTHING -> {
                if (share.stage() == Share.Stage.LOST) {
                    yield Optional.of(lost(share, site));
                }
                yield !share.stage().open() && leased(site.stage())
                        ? Optional.of(orphan(share.id(), here, site.stage()))
                        : Optional.empty();
            }
            case REPEAT ->
                Optional.of(new Difference(share.id(), here, site.stage(), "the last command is repeated", false));
            case REPEAT_ABOVE ->
                Optional.of(new Difference(
                        share.id(), here, site.stage(), "the last command is repeated above the site's", false));
            case LOSE -> Optional.of(lost(share, site));
        };
    }

    /**
     * The leases that this site gives to a master that does not count on them: nothing is done about them before their end, unless an
     * operator gives them back.
     *
     * @param ofMaster everything in the range that the master counts on
     */
    public static List<Difference> orphans(
            Collection<Allocation> allocations, Collection<Entry> ofMaster, Range range) {
        Set<AllocationId> known = ofMaster.stream().map(Entry::allocation).collect(Collectors.toSet());
        List<Difference> orphans = new ArrayList<>();
        for (Allocation allocation : allocations) {
            Stage here = entry(allocation).stage();
            if (range.contains(allocation.id().reservation()) && !known.contains(allocation.id()) && leased(here)) {
                orphans.add(orphan(allocation.id(), here, Stage.UNKNOWN));
            }
        }
        return orphans;
    }

    /**
     * What a site says of the shares that it gives in a range.
     *
     * @param found all that are not over and not forgotten, and of the rest those that the master named
     * @param named what the master named, if it asked
     */
    public static List<Entry> asWorker(Collection<Allocation> found, Collection<Entry> named, Range range) {
        Set<AllocationId> known = found.stream().map(Allocation::id).collect(Collectors.toSet());
        Stream<Entry> unknown = named.stream()
                .map(Entry::allocation)
                .filter(id -> !known.contains(id))
                .distinct()
                .map(Digests::unknown);
        return Stream.concat(found.stream().map(Digests::entry), unknown)
                .filter(range::contains)
                .toList();
    }

    private static boolean leased(Stage stage) {
        return stage == Stage.CONFIRMING || stage == Stage.CONFIRMED || stage == Stage.RUNNING;
    }

    private static Difference orphan(AllocationId id, Stage here, Stage there) {
        return new Difference(id, here, there, "it stays until its end, or until an operator gives it back", true);
    }

    private static Difference lost(Share share, Entry site) {
        return new Difference(
                share.id(),
                entry(share).stage(),
                site.stage(),
                "the reservation is degraded until an operator or its tenant ends it",
                true);
    }
}

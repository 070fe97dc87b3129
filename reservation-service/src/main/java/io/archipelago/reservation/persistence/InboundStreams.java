package io.archipelago.reservation.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.reservation.domain.StreamVerdict;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What was taken of what each site says to this one; moved in the transaction of the effect. */
@ApplicationScoped
public class InboundStreams {

    private static final String KEEP = """
            insert into stream_in (site, epoch, sequence, position, heard_at)
            values (:site, :epoch, :sequence, 0, clock_timestamp())
            on conflict (site) do update set epoch = excluded.epoch, sequence = excluded.sequence, heard_at = excluded.heard_at,
                reused_epoch = case when stream_in.epoch = excluded.epoch then stream_in.reused_epoch else 0 end
            """;
    private static final String SKIP = """
            insert into stream_in (site, epoch, sequence, position) values (:site, 0, 0, :end)
            on conflict (site) do update set position = excluded.position
            """;
    private static final String REUSED =
            "update stream_in set reused_epoch = epoch, heard_at = clock_timestamp() where site = :site";

    private static final String BEFORE_ALL = "";

    /** Stands for the end of a topic, wherever that is when reading begins. */
    public static final long END = -1;

    /**
     * What was taken last.
     *
     * @param position its place
     * @param reusedEpoch the epoch if two messages bore one place in it, else 0
     */
    public record Taken(StreamPosition position, long reusedEpoch) {}

    /** How far one transaction has come in each stream; the row is locked, and written when the transaction ends. */
    private static final class Moves {
        private final Map<SiteId, Optional<StreamPosition>> last = new HashMap<>();
        private final Map<SiteId, StreamPosition> unwritten = new TreeMap<>(Comparator.comparing(SiteId::value));
    }

    /** Judges a message that was not taken before and, unless it is passed over, remembers that it was. */
    public Uni<StreamVerdict> take(Tx tx, StreamPosition next) {
        return last(tx, next.from()).chain(last -> {
            StreamVerdict verdict = StreamVerdict.judge(last.orElse(null), next);
            return keep(tx, verdict, next).replaceWith(verdict);
        });
    }

    private static Uni<Void> keep(Tx tx, StreamVerdict verdict, StreamPosition next) {
        if (verdict.moves()) {
            Moves moves = moves(tx);
            moves.last.put(next.from(), Optional.of(next));
            moves.unwritten.put(next.from(), next);
        }
        return verdict == StreamVerdict.TAKE_LATE
                ? write(tx)
                        .chain(() -> tx.session()
                                .createNativeQuery(REUSED)
                                .setParameter("site", next.from().value())
                                .executeUpdate()
                                .replaceWithVoid())
                : Uni.createFrom().voidItem();
    }

    private static Moves moves(Tx tx) {
        return tx.atHand(Moves.class, () -> {
            // Before what is said at the end, for that tells how far this site has come.
            tx.atEnd(BEFORE_ALL, () -> write(tx));
            return new Moves();
        });
    }

    private static Uni<Void> write(Tx tx) {
        Moves moves = moves(tx);
        Uni<Void> all = Uni.createFrom().voidItem();
        for (StreamPosition position : List.copyOf(moves.unwritten.values())) {
            all = all.chain(() -> tx.session()
                    .createNativeQuery(KEEP)
                    .setParameter("site", position.from().value())
                    .setParameter("epoch", position.epoch())
                    .setParameter("sequence", position.sequence())
                    .executeUpdate()
                    .replaceWithVoid());
        }
        moves.unwritten.clear();
        return all;
    }

    /** What was taken last of what a site says, unlocked; empty if nothing was. */
    public Uni<Optional<Taken>> taken(Tx tx, SiteId from) {
        return tx.session()
                .<Object[]>createNativeQuery("select epoch, sequence, reused_epoch from stream_in where site = :site")
                .setParameter("site", from.value())
                .getSingleResultOrNull()
                .map(row -> Optional.ofNullable(row)
                        .map(r -> new Taken(new StreamPosition(from, (Long) r[0], (Long) r[1]), (Long) r[2])));
    }

    /** The place of the last message taken; empty if there was none. Its row is locked. */
    public Uni<Optional<StreamPosition>> last(Tx tx, SiteId from) {
        Moves moves = moves(tx);
        Optional<StreamPosition> known = moves.last.get(from);
        return known != null
                ? Uni.createFrom().item(known)
                : tx.session()
                        .<Object[]>createNativeQuery(
                                "select epoch, sequence from stream_in where site = :site for update")
                        .setParameter("site", from.value())
                        .getSingleResultOrNull()
                        .map(row ->
                                Optional.ofNullable(row).map(r -> new StreamPosition(from, (Long) r[0], (Long) r[1])))
                        .invoke(found -> moves.last.put(from, found));
    }

    /** Nothing that a site has said so far is read any more; what it says next shows the gap. */
    public Uni<Void> skipToEnd(Tx tx, SiteId from) {
        return tx.session()
                .createNativeQuery(SKIP)
                .setParameter("site", from.value())
                .setParameter("end", END)
                .executeUpdate()
                .replaceWithVoid();
    }

    /** The offset to begin reading at, or {@link #END}. */
    public Uni<Long> position(Tx tx, SiteId from) {
        return tx.session()
                .<Long>createNativeQuery("select position from stream_in where site = :site")
                .setParameter("site", from.value())
                .getSingleResultOrNull()
                .map(found -> found == null ? 0L : found);
    }

    /** Remembers where to begin reading next time; what was read twice is passed over by its place. */
    public Uni<Void> readUpTo(Tx tx, SiteId from, long position) {
        return tx.session()
                .createNativeQuery("update stream_in set position = :position where site = :site")
                .setParameter("position", position)
                .setParameter("site", from.value())
                .executeUpdate()
                .replaceWithVoid();
    }
}

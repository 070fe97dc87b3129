package io.archipelago.reservation.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.reservation.domain.StreamVerdict;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /** Stands for the end of a topic, wherever that is when reading begins. */
    public static final long END = -1;

    /**
     * What was taken last.
     *
     * @param position its place
     * @param reusedEpoch the epoch if two messages bore one place in it, else 0
     */
    public record Taken(StreamPosition position, long reusedEpoch) {}

    /** Judges a message that was not taken before and, unless it is passed over, remembers that it was. */
    public Uni<StreamVerdict> take(Tx tx, StreamPosition next) {
        return last(tx, next.from()).chain(last -> {
            StreamVerdict verdict = StreamVerdict.judge(last, next);
            return keep(tx, verdict, next).replaceWith(verdict);
        });
    }

    private static Uni<Integer> keep(Tx tx, StreamVerdict verdict, StreamPosition next) {
        if (verdict == StreamVerdict.PASS_OVER) {
            return Uni.createFrom().item(0);
        }
        if (!verdict.moves()) {
            return tx.session()
                    .createNativeQuery(REUSED)
                    .setParameter("site", next.from().value())
                    .executeUpdate();
        }
        return tx.session()
                .createNativeQuery(KEEP)
                .setParameter("site", next.from().value())
                .setParameter("epoch", next.epoch())
                .setParameter("sequence", next.sequence())
                .executeUpdate();
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

    /** The place of the last message taken; null if there was none. */
    public Uni<@Nullable StreamPosition> last(Tx tx, SiteId from) {
        return tx.session()
                .<String>createNativeQuery(
                        "select epoch || ' ' || sequence from stream_in where site = :site for update")
                .setParameter("site", from.value())
                .getSingleResultOrNull()
                .map(text -> {
                    if (text == null) {
                        return null;
                    }
                    int blank = text.indexOf(' ');
                    return new StreamPosition(
                            from, Long.parseLong(text.substring(0, blank)), Long.parseLong(text.substring(blank + 1)));
                });
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

package io.archipelago.reservation.persistence;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.StreamPosition;
import io.archipelago.reservation.domain.StreamVerdict;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** What was taken of what each site says to this one; moved in the transaction of the effect. */
@ApplicationScoped
public class InboundStreams {

    private static final String KEEP = """
            insert into stream_in (site, epoch, sequence, position) values (:site, :epoch, :sequence, 0)
            on conflict (site) do update set epoch = excluded.epoch, sequence = excluded.sequence
            """;

    /** Judges a message and, unless it is passed over, remembers that it was taken. */
    public Uni<StreamVerdict> take(Tx tx, StreamPosition next) {
        return last(tx, next.from()).chain(last -> {
            StreamVerdict verdict = StreamVerdict.judge(last, next);
            return verdict == StreamVerdict.PASS_OVER
                    ? Uni.createFrom().item(verdict)
                    : tx.session()
                            .createNativeQuery(KEEP)
                            .setParameter("site", next.from().value())
                            .setParameter("epoch", next.epoch())
                            .setParameter("sequence", next.sequence())
                            .executeUpdate()
                            .replaceWith(verdict);
        });
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

    /** The offset to begin reading at. */
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

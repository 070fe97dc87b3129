package io.archipelago.reservation.persistence;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.federation.StreamPosition;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What this site says to each site. A message's sequence is taken from the site's row at the end of the transaction that says it, and the row
 * stays locked until that commits: the order of commits is the order of sequences. The row is locked last of all, so that nobody who holds
 * it waits for anything else.
 */
@ApplicationScoped
public class OutboundStreams {

    // A new stream's epoch is the time at which it began: later than that of any stream that a restored database
    // forgot.
    private static final String NEXT = """
            insert into stream_out (site, epoch, sequence)
            values (:site, cast(extract(epoch from clock_timestamp()) as bigint), 1)
            on conflict (site) do update set sequence = stream_out.sequence + 1
            returning epoch || ' ' || sequence
            """;
    private static final String ANEW = """
            update stream_out
            set epoch = greatest(cast(extract(epoch from clock_timestamp()) as bigint), epoch + 1), sequence = 0
            where site = :site
            """;

    private final SiteId own;

    OutboundStreams(BusConfig bus) {
        this.own = new SiteId(bus.site());
    }

    /**
     * Says something to a site, this one not excepted.
     *
     * @param key what it is about
     */
    public void say(Tx tx, SiteId site, String key, Message message) {
        say(tx, site, key, () -> Uni.createFrom().item(message));
    }

    /** Says what is found out only when it has its place: nothing that is said before it can be missing in it. */
    public void say(Tx tx, SiteId site, String key, Supplier<Uni<? extends Message>> message) {
        tx.atEnd(
                site.value(),
                () -> next(tx, site)
                        .chain(position ->
                                message.get().invoke(found -> tx.send(Topics.federationTo(site), key, position, found)))
                        .replaceWithVoid());
    }

    /** What is said to a site from here on bears a new epoch. */
    public void beginAnew(Tx tx, SiteId site) {
        tx.atEnd(
                site.value(),
                () -> tx.session()
                        .createNativeQuery(ANEW)
                        .setParameter("site", site.value())
                        .executeUpdate()
                        .replaceWithVoid());
    }

    /** The place of the last message to each site. */
    public Uni<Map<SiteId, StreamPosition>> last(Tx tx) {
        return tx.session()
                .<Object[]>createNativeQuery("select site, epoch, sequence from stream_out")
                .getResultList()
                .map(rows -> {
                    Map<SiteId, StreamPosition> last = new HashMap<>();
                    rows.forEach(row -> last.put(
                            new SiteId((String) row[0]), new StreamPosition(own, (Long) row[1], (Long) row[2])));
                    return last;
                });
    }

    private Uni<StreamPosition> next(Tx tx, SiteId site) {
        return tx.session()
                .<String>createNativeQuery(NEXT)
                .setParameter("site", site.value())
                .getSingleResult()
                .map(text -> {
                    int blank = text.indexOf(' ');
                    return new StreamPosition(
                            own, Long.parseLong(text.substring(0, blank)), Long.parseLong(text.substring(blank + 1)));
                });
    }
}

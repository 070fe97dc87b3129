package io.archipelago.reservation.persistence;

import io.archipelago.bus.BusConfig;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.federation.StreamPosition;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
            values (:site, cast(extract(epoch from clock_timestamp()) as bigint), :count)
            on conflict (site) do update set sequence = stream_out.sequence + :count
            returning epoch, sequence
            """;
    private static final String ANEW = """
            update stream_out
            set epoch = greatest(cast(extract(epoch from clock_timestamp()) as bigint), epoch + 1), sequence = 0
            where site = :site
            """;

    /** @param tx the transaction as the message saw it that is the cause */
    private record Saying(Tx tx, String key, Supplier<Uni<? extends Message>> message) {}

    /** What one transaction says to each site and has no place yet. */
    private static final class Runs {
        private final Map<SiteId, List<Saying>> open = new HashMap<>();
    }

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
        Runs runs = tx.atHand(Runs.class, Runs::new);
        List<Saying> run = runs.open.get(site);
        if (run == null) {
            List<Saying> begun = new ArrayList<>();
            runs.open.put(site, begun);
            tx.atEnd(site.value(), () -> send(tx, site, begun));
            run = begun;
        }
        run.add(new Saying(tx, key, message));
    }

    /** What is said to a site from here on bears a new epoch. */
    public void beginAnew(Tx tx, SiteId site) {
        tx.atHand(Runs.class, Runs::new).open.remove(site);
        tx.atEnd(
                site.value(),
                () -> tx.session()
                        .createNativeQuery(ANEW)
                        .setParameter("site", site.value())
                        .executeUpdate()
                        .replaceWithVoid());
    }

    /** All of a run takes its places at once. */
    private Uni<Void> send(Tx tx, SiteId site, List<Saying> run) {
        return last(tx, site, run.size()).chain(last -> {
            Uni<Void> all = Uni.createFrom().voidItem();
            for (int i = 0; i < run.size(); i++) {
                Saying saying = run.get(i);
                StreamPosition place = new StreamPosition(own, last.epoch(), last.sequence() - run.size() + 1 + i);
                all = all.chain(() -> saying.message().get())
                        .invoke(found -> saying.tx().send(Topics.federationTo(site), saying.key(), place, found))
                        .replaceWithVoid();
            }
            return all;
        });
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

    /** Takes some places; gives the last of them. */
    private Uni<StreamPosition> last(Tx tx, SiteId site, int count) {
        return tx.session()
                .<Object[]>createNativeQuery(NEXT)
                .setParameter("site", site.value())
                .setParameter("count", count)
                .getSingleResult()
                .map(row -> new StreamPosition(own, (Long) row[0], (Long) row[1]));
    }
}

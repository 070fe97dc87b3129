package io.archipelago.reservation.persistence;

import com.fasterxml.jackson.core.type.TypeReference;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Range;
import io.archipelago.reservation.domain.Digests.Difference;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When sites tell each other what they believe, and what came of it. */
@ApplicationScoped
public class ExchangeStore {

    private static final String ALL = """
            select e.site, i.heard_at, i.epoch, i.sequence, o.epoch, o.sequence,
                   (select count(*) from outbox where topic = replace(cast(:topic as text), '*', e.site)),
                   e.told_at, e.heard_at, e.seen_epoch, e.seen_sequence, cast(e.differences as text), e.ignored
            from exchange e left join stream_in i on i.site = e.site left join stream_out o on o.site = e.site
            order by e.site
            """;

    // Of reservations that are open, not all share with the site: then a page says less than it may.
    private static final String IN_COMMON = """
            select cast(id as text) from (
                select id from reservation where due_at is not null
                union
                select cast(left(id, 36) as uuid) from allocation
                where master = :site and state not in ('Released', 'Forgotten')
                  and id collate "C" >= :first and id collate "C" < :end
            ) common (id)
            where id >= cast(:first as uuid) and id < cast(:end as uuid) order by id limit :limit
            """;

    private static final String HEARD = """
            update exchange set heard_at = clock_timestamp(), seen_epoch = :epoch, seen_sequence = :sequence,
                differences = (
                    select coalesce(jsonb_agg(old), '[]') from jsonb_array_elements(differences) old
                    where (old ->> 'allocation') collate "C" < :first or (old ->> 'allocation') collate "C" >= :end
                ) || cast(cast(:differences as text) as jsonb),
                ignored = ignored + :ignored
            where site = :site
            """;

    private static final String RESTORED = """
            insert into restored (epoch, at)
            select greatest(cast(extract(epoch from clock_timestamp()) as bigint), coalesce(max(epoch), 0) + 1), clock_timestamp()
            from restored
            returning epoch
            """;

    /**
     * How it stands between this site and another.
     *
     * @param site the other
     * @param lastHeard when its last message was taken
     * @param in the place of that message
     * @param out the place of the last message to it
     * @param seen the last of them that it had taken when it last told what it believes
     * @param waiting messages to it that this site's broker has not taken yet
     * @param told when this site last told what it believes
     * @param heard when the other did
     * @param differences as of when it last spoke of each
     * @param ignored how many things it said of shares that are none of its
     */
    public record Exchange(
            SiteId site,
            @Nullable Instant lastHeard,
            Place in,
            Place out,
            Place seen,
            long waiting,
            @Nullable Instant told,
            @Nullable Instant heard,
            List<Difference> differences,
            long ignored) {}

    /** A place in a stream; zeros: none. */
    public record Place(long epoch, long sequence) {}

    /** Makes sure that there is an exchange with each of the sites, due at once if it is new. */
    public Uni<Void> ensure(Tx tx, Collection<SiteId> sites) {
        return update(tx, """
                insert into exchange (site, due_at)
                select site, clock_timestamp() from jsonb_array_elements_text(cast(cast(:sites as text) as jsonb)) as t (site)
                on conflict (site) do nothing
                """, "sites", Json.write(sites));
    }

    /** This site tells a site everything that it believes as soon as may be, from the beginning. */
    public Uni<Void> soon(Tx tx, SiteId site) {
        return update(
                tx,
                "update exchange set due_at = least(due_at, clock_timestamp()), next_page = null where site = :site",
                "site",
                site.value());
    }

    /** What a site has still to be told in this round. */
    public Uni<Range> rest(Tx tx, SiteId site) {
        return tx.session()
                .<String>createNativeQuery("select cast(next_page as text) from exchange where site = :site")
                .setParameter("site", site.value())
                .getSingleResultOrNull()
                .map(first -> new Range(first == null ? null : ReservationId.parse(first), null));
    }

    /** The first reservations in a range of which this site and another may both have something to say. */
    public Uni<List<ReservationId>> inCommon(Tx tx, SiteId site, Range range, int limit) {
        return tx.session()
                .<String>createNativeQuery(IN_COMMON)
                .setParameter("site", site.value())
                .setParameter("first", Ranges.first(range))
                .setParameter("end", Ranges.end(range))
                .setParameter("limit", limit)
                .getResultList()
                .map(ids -> ids.stream().map(ReservationId::parse).toList());
    }

    /**
     * It has told, and tells again at an instant.
     *
     * @param from where the next page begins, null: at the first reservation
     */
    public Uni<Void> told(Tx tx, SiteId site, @Nullable ReservationId from, Instant next) {
        return tx.session()
                .createNativeQuery("update exchange set told_at = clock_timestamp(), due_at = :next,"
                        + " next_page = cast(nullif(:from, '') as uuid) where site = :site")
                .setParameter("next", next)
                .setParameter("from", from == null ? "" : from.toString())
                .setParameter("site", site.value())
                .executeUpdate()
                .replaceWithVoid();
    }

    /** A site has told what it believes of the reservations in a range. */
    public Uni<Void> heard(Tx tx, ShareDigest digest, List<Difference> differences, int ignored) {
        return tx.session()
                .createNativeQuery(HEARD)
                .setParameter("first", Ranges.first(digest.range()))
                .setParameter("end", Ranges.end(digest.range()))
                .setParameter("epoch", digest.seenEpoch())
                .setParameter("sequence", digest.seenSequence())
                .setParameter("differences", Json.write(differences))
                .setParameter("ignored", (long) ignored)
                .setParameter("site", digest.from().value())
                .executeUpdate()
                .replaceWithVoid();
    }

    /** A site has said something of a share that is none of its. */
    public Uni<Void> ignored(Tx tx, SiteId site) {
        return update(tx, "update exchange set ignored = ignored + 1 where site = :site", "site", site.value());
    }

    public Uni<List<Exchange>> all(Tx tx) {
        return tx.session()
                .<Object[]>createNativeQuery(ALL)
                .setParameter("topic", Topics.federationTo(new SiteId("x")).replace(".x.", ".*."))
                .getResultList()
                .map(rows -> rows.stream().map(ExchangeStore::exchange).toList());
    }

    /** The epoch in which the streams began anew when this database was last set back; 0: it never was. */
    public Uni<Long> restoredIn(Tx tx) {
        return tx.session()
                .<Long>createNativeQuery("select coalesce(max(epoch), 0) from restored")
                .getSingleResult();
    }

    /** Notes that the database was set back, and forgets what was to be sent then: it was, or is long overtaken. The epoch of now. */
    public Uni<Long> restored(Tx tx) {
        return tx.session()
                .createNativeQuery("delete from outbox")
                .executeUpdate()
                .chain(() -> tx.session().<Long>createNativeQuery(RESTORED).getSingleResult());
    }

    private static Uni<Void> update(Tx tx, String statement, String parameter, String value) {
        return tx.session()
                .createNativeQuery(statement)
                .setParameter(parameter, value)
                .executeUpdate()
                .replaceWithVoid();
    }

    private static Exchange exchange(Object[] row) {
        return new Exchange(
                new SiteId((String) row[0]),
                instant(row[1]),
                place(row, 2),
                place(row, 4),
                place(row, 9),
                (Long) row[6],
                instant(row[7]),
                instant(row[8]),
                Json.read((String) row[11], new TypeReference<List<Difference>>() {}),
                (Long) row[12]);
    }

    private static Place place(Object[] row, int at) {
        return row[at] == null ? new Place(0, 0) : new Place((Long) row[at], (Long) row[at + 1]);
    }

    private static @Nullable Instant instant(@Nullable Object value) {
        return value == null ? null : ((OffsetDateTime) value).toInstant();
    }
}

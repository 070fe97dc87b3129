package io.archipelago.bus;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.ErrorCode;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Keys whose messages wait for an operator, since the first of them could not be applied. */
@ApplicationScoped
public class DeadLetters {

    private static final Logger LOG = Logger.getLogger(DeadLetters.class);
    private static final String LIST = """
            select k.id, k.consumer, m.topic, m.key, k.since, m.reason, cast(m.message_id as text), m.partition, m.position,
                   (select count(*) from parked_message w where w.parked_key = k.id)
            from parked_key k
            cross join lateral (select * from parked_message f where f.parked_key = k.id order by f.id limit 1) m
            order by k.id
            """;
    private static final String LOCK = "select consumer from parked_key where id = :id for update";
    private static final String HEAD = """
            select id, topic, partition, position, key, payload, cast(message_id as text) from parked_message
            where parked_key = :id order by id limit 1
            """;
    private static final String FREE = """
            delete from parked_key
            where id = :id and not exists (select from parked_message m where m.parked_key = parked_key.id)
            """;
    private static final String NOTE = """
            update parked_message set reason = :reason
            where id = (select min(f.id) from parked_message f where f.parked_key = :id)
            """;
    private static final String LEFT = """
            select count(*), (array_agg(reason order by id))[1] from parked_message where parked_key = :id
            """;

    /**
     * A parked key.
     *
     * @param id names it to {@link #replay} and {@link #discard}
     * @param consumer who could not apply the message
     * @param topic where it came from
     * @param key of the record; absent if it had none
     * @param since when the key was parked
     * @param reason why the first message could not be applied
     * @param messageId of the first message; names it to {@link #discard}
     * @param partition of the first message
     * @param position of the first message in its partition
     * @param waiting how many messages are parked, the first one included
     */
    public record Parked(
            long id,
            String consumer,
            String topic,
            @Nullable String key,
            Instant since,
            String reason,
            UUID messageId,
            int partition,
            long position,
            long waiting) {}

    /**
     * How far a replay came.
     *
     * @param applied how many messages were applied, in order
     * @param waiting how many still wait; 0 if the key is free again
     * @param reason why the next one can not be applied; absent if none waits
     */
    public record Outcome(
            long applied, long waiting, @Nullable String reason) {}

    private enum Step {
        APPLIED,
        STUCK,
        FREE
    }

    private record Head(String consumer, long id, UUID messageId, Delivery delivery) {}

    private final UnitOfWork unitOfWork;
    private final Inbox inbox;

    DeadLetters(UnitOfWork unitOfWork, Inbox inbox) {
        this.unitOfWork = unitOfWork;
        this.inbox = inbox;
    }

    /** All parked keys, the oldest first. */
    public Uni<List<Parked>> list() {
        return unitOfWork.inTransaction(tx -> tx.session()
                .<Object[]>createNativeQuery(LIST)
                .getResultList()
                .map(rows -> rows.stream().map(DeadLetters::parked).toList()));
    }

    /**
     * Applies what is parked under a key, in order, until one message can not be applied.
     *
     * @throws Rejection NOT_FOUND if there is no such key; CONFLICT if its consumer is not known here yet
     */
    public Uni<Outcome> replay(long id) {
        return unitOfWork.inTransaction(tx -> existing(tx, id)).chain(head -> replayAll(id));
    }

    /**
     * Gives up the first message that is parked under a key, for good, and applies those behind it.
     *
     * @param messageId of the message that is meant: once it is gone, the same call gives up no other
     * @param operator who decided it, for the log
     * @throws Rejection as {@link #replay}; CONFLICT also if another message is the first
     */
    public Uni<Outcome> discard(long id, UUID messageId, String operator) {
        return unitOfWork
                .inTransaction(tx -> existing(tx, id)
                        .invoke(head -> refuseOther(head, messageId))
                        .invoke(() -> LOG.warnf("message %s is discarded by %s", messageId, operator))
                        .chain(head -> remove(tx, id, head)))
                .chain(() -> replayAll(id));
    }

    private static void refuseOther(Head head, UUID messageId) {
        if (!head.messageId().equals(messageId)) {
            throw new Rejection(
                    ErrorCode.CONFLICT,
                    "message " + head.messageId() + " is the first of this key; list the dead letters again");
        }
    }

    private Uni<Outcome> replayAll(long id) {
        return Multi.createBy()
                .repeating()
                .uni(() -> next(id))
                .whilst(step -> step == Step.APPLIED)
                .filter(step -> step == Step.APPLIED)
                .collect()
                .with(Collectors.counting())
                .chain(applied -> outcome(id, applied));
    }

    private Uni<Step> next(long id) {
        return unitOfWork
                .run(tx -> step(tx, id))
                .onFailure(failure -> !Faults.isInfrastructure(failure) && !(failure instanceof Rejection))
                .recoverWithUni(failure -> unitOfWork
                        .inTransaction(tx -> note(tx, id, Parking.reason(failure)))
                        .replaceWith(Step.STUCK));
    }

    private Uni<Step> step(OpenTx tx, long id) {
        return head(tx, id).chain(head -> {
            if (head == null) {
                return Uni.createFrom().item(Step.FREE);
            }
            Envelope envelope = head.delivery().envelope();
            if (envelope == null) {
                return Uni.createFrom().item(Step.STUCK);
            }
            Inbox.Handler handler = inbox.handler(
                            head.consumer(), head.delivery().topic())
                    .orElseThrow(() -> new Rejection(
                            ErrorCode.CONFLICT, head.consumer() + " has read nothing from this topic since its start"));
            return handler.handle(tx.causedBy(envelope), envelope)
                    .chain(() -> remove(tx, id, head))
                    .replaceWith(Step.APPLIED);
        });
    }

    private Uni<Outcome> outcome(long id, long applied) {
        return unitOfWork.inTransaction(tx -> tx.session()
                .<Object[]>createNativeQuery(LEFT)
                .setParameter("id", id)
                .getSingleResult()
                .map(row -> new Outcome(applied, (Long) row[0], (String) row[1])));
    }

    private static Uni<Head> existing(Tx tx, long id) {
        return head(tx, id).onItem().ifNull().failWith(() -> Rejection.notFound("parked key"));
    }

    /** The first message of a key, with the key locked: nothing is parked behind it meanwhile. Null if the key is free. */
    private static Uni<@Nullable Head> head(Tx tx, long id) {
        return tx.session()
                .<String>createNativeQuery(LOCK)
                .setParameter("id", id)
                .getSingleResultOrNull()
                .chain(consumer -> consumer == null
                        ? Uni.createFrom().nullItem()
                        : tx.session()
                                .<Object[]>createNativeQuery(HEAD)
                                .setParameter("id", id)
                                .getSingleResult()
                                .map(row -> new Head(
                                        consumer, (Long) row[0], UUID.fromString((String) row[6]), delivery(row))));
    }

    private static Delivery delivery(Object[] row) {
        return Delivery.of((String) row[1], (Integer) row[2], (Long) row[3], (String) row[4], (String) row[5]);
    }

    private static Uni<Void> remove(Tx tx, long id, Head head) {
        return tx.session()
                .createNativeQuery("delete from parked_message where id = :id")
                .setParameter("id", head.id())
                .executeUpdate()
                .chain(() -> tx.session()
                        .createNativeQuery(FREE)
                        .setParameter("id", id)
                        .executeUpdate())
                .replaceWithVoid();
    }

    private static Uni<Void> note(Tx tx, long id, String reason) {
        return tx.session()
                .createNativeQuery(NOTE)
                .setParameter("id", id)
                .setParameter("reason", reason)
                .executeUpdate()
                .replaceWithVoid();
    }

    private static Parked parked(Object[] row) {
        return new Parked(
                (Long) row[0],
                (String) row[1],
                (String) row[2],
                (String) row[3],
                ((OffsetDateTime) row[4]).toInstant(),
                (String) row[5],
                UUID.fromString((String) row[6]),
                (Integer) row[7],
                (Long) row[8],
                (Long) row[9]);
    }
}

package io.archipelago.bus;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.MessageTypes;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jboss.logging.Logger;

/**
 * Applies what arrives, each message once: its effects and the memory of its id are one transaction.
 *
 * <ul>
 *   <li>A fault of the infrastructure is waited out, however long it takes; nothing behind it is applied meanwhile.
 *   <li>A race with other transactions is run again, {@link BusConfig.Inbox#raceTries} times by each message for itself.
 *   <li>A message that can never succeed is parked, with a copy on the consumer's dead-letter topic, and later messages of its key wait
 *       behind it until an operator replays or discards it.
 *   <li>Nothing is ever refused towards the broker: what could not be applied before the process stops comes again.
 * </ul>
 */
@ApplicationScoped
public class Inbox {

    private static final Logger LOG = Logger.getLogger(Inbox.class);
    private static final String WAITS = "waits behind an earlier message of its key";

    /** What a consumer does about one message, in the given transaction and with no effect outside of it. */
    @FunctionalInterface
    public interface Handler {
        Uni<Void> handle(Tx tx, Envelope envelope);

        /**
         * Comes before those messages of a batch that are to be handled one by one, to lock and to read at once what all of them need. It
         * may be left out, so it changes nothing and {@link #handle} does without it.
         */
        default Uni<Void> prepare(Tx tx, List<Envelope> envelopes) {
            return Uni.createFrom().voidItem();
        }

        /** A handler that prepares. */
        static Handler prepared(BiFunction<Tx, List<Envelope>, Uni<Void>> prepare, Handler each) {
            return new Handler() {
                @Override
                public Uni<Void> prepare(Tx tx, List<Envelope> envelopes) {
                    return prepare.apply(tx, envelopes);
                }

                @Override
                public Uni<Void> handle(Tx tx, Envelope envelope) {
                    return each.handle(tx, envelope);
                }
            };
        }
    }

    private record Source(String consumer, String topic) {}

    private final UnitOfWork unitOfWork;
    private final BusConfig config;
    private final BusMetrics metrics;
    private final Map<Source, Handler> handlers = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    Inbox(UnitOfWork unitOfWork, BusConfig config, BusMetrics metrics) {
        this.unitOfWork = unitOfWork;
        this.config = config;
        this.metrics = metrics;
    }

    void onStop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    /**
     * Applies a batch, the messages of each key in their order, the keys in the order of their names: batches that are applied side by side
     * then lock the same rows in the same order. The result never fails: it completes when every message is applied, was applied before, or
     * is parked.
     *
     * @param consumer the short name under which this service remembers what it applied; names the dead-letter topic
     */
    public Uni<Void> apply(String consumer, ConsumerRecords<String, String> batch, Handler handler) {
        List<Delivery> deliveries = deliveries(batch);
        deliveries.sort(Comparator.comparing(Delivery::orderingKey));
        return apply(consumer, deliveries, handler);
    }

    /** The same with all messages in the order in which they were sent, whatever their keys. */
    public Uni<Void> applyInOrder(String consumer, ConsumerRecords<String, String> batch, Handler handler) {
        return apply(consumer, deliveries(batch), handler);
    }

    /**
     * Applies messages of which each replaces those before it of its key, as on a compacted topic: only the last of each key in the batch
     * takes effect. No id is remembered, so the handler must tell a repeated or older message by what it says. One that can not be applied is
     * copied to the dead letters and passed over: another will replace it, and nothing waits behind it. The result never fails.
     *
     * @param concerns which keys are this consumer's business; records of others are not even read, and one without a key always is
     * @param mayStand whether a message may stand on the topic that it came by; others are passed over
     */
    public Uni<Void> applyLatest(
            String consumer,
            ConsumerRecords<String, String> batch,
            Predicate<String> concerns,
            BiPredicate<String, Envelope> mayStand,
            Handler handler) {
        Map<String, ConsumerRecord<String, String>> latest = new TreeMap<>();
        for (ConsumerRecord<String, String> record : batch) {
            if (record.key() == null) {
                latest.put(record.topic() + "/" + record.partition() + "/" + record.offset(), record);
            } else if (concerns.test(record.key())) {
                latest.put(OutboxRow.orderingKey(record.topic(), record.key()), record);
            }
        }
        List<Delivery> deliveries = latest.values().stream()
                // Without tombstones: that a compacted topic forgot a key says nothing to anybody.
                .filter(record -> record.value() != null)
                .map(Delivery::of)
                .filter(delivery -> delivery.envelope() == null || mayStand.test(delivery.topic(), delivery.envelope()))
                .toList();
        if (deliveries.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return persist(consumer, Inbox::waitOutBatch, () -> attemptLatest(consumer, deliveries, handler))
                .onFailure()
                .recoverWithUni(failure -> each(deliveries, delivery -> oneLatest(consumer, delivery, handler)));
    }

    private Uni<Void> oneLatest(String consumer, Delivery delivery, Handler handler) {
        return persist(consumer, waitOutOne(), () -> attemptLatest(consumer, List.of(delivery), handler))
                .onFailure()
                .recoverWithUni(failure -> {
                    LOG.errorf(failure, "%s can not apply a message and passes it over", consumer);
                    return persist(consumer, any -> true, () -> copy(consumer, delivery, Parking.reason(failure)));
                });
    }

    private Uni<Void> copy(String consumer, Delivery delivery, String reason) {
        return unitOfWork.run(tx -> {
            Parking.copy(tx, consumer, delivery, reason);
            return Uni.createFrom().voidItem();
        });
    }

    private Uni<Void> attemptLatest(String consumer, List<Delivery> deliveries, Handler handler) {
        return unitOfWork
                .run(tx -> prepare(tx, deliveries, handler)
                        .chain(() -> each(deliveries, delivery -> {
                            Envelope envelope = delivery.envelope();
                            if (envelope == null) {
                                Parking.copy(tx, consumer, delivery, String.valueOf(delivery.unreadable()));
                                return Uni.createFrom().voidItem();
                            }
                            return handle(tx, envelope, handler);
                        })))
                .invoke(() -> metrics.applied(consumer, deliveries.size(), 0));
    }

    private static Uni<Void> prepare(OpenTx tx, List<Delivery> deliveries, Handler handler) {
        List<Envelope> readable = deliveries.stream()
                .map(Delivery::envelope)
                .filter(Objects::nonNull)
                .toList();
        return readable.isEmpty() ? Uni.createFrom().voidItem() : handler.prepare(tx, readable);
    }

    /** One after the other. */
    private static Uni<Void> each(List<Delivery> deliveries, Function<Delivery, Uni<Void>> action) {
        return Multi.createFrom()
                .iterable(deliveries)
                .onItem()
                .transformToUniAndConcatenate(action::apply)
                .collect()
                .asList()
                .replaceWithVoid();
    }

    /** Without tombstones. */
    private static List<Delivery> deliveries(ConsumerRecords<String, String> batch) {
        List<Delivery> deliveries = new ArrayList<>();
        for (ConsumerRecord<String, String> record : batch) {
            if (record.value() != null) {
                deliveries.add(Delivery.of(record));
            }
        }
        return deliveries;
    }

    private Uni<Void> apply(String consumer, List<Delivery> deliveries, Handler handler) {
        if (deliveries.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        deliveries.forEach(delivery -> handlers.put(new Source(consumer, delivery.topic()), handler));
        return persist(consumer, Inbox::waitOutBatch, () -> attempt(consumer, deliveries, handler))
                .onFailure()
                .recoverWithUni(failure -> each(deliveries, delivery -> one(consumer, delivery, handler)));
    }

    /** A race that a whole batch keeps losing is better run by each message for itself. */
    private static boolean waitOutBatch(Throwable failure) {
        return Faults.isInfrastructure(failure) && !Faults.isContention(failure);
    }

    /** A race is lost by chance, so a message that loses one so often does not lose by chance. */
    private Predicate<Throwable> waitOutOne() {
        AtomicInteger lost = new AtomicInteger();
        return failure -> Faults.isInfrastructure(failure)
                || Faults.isContention(failure)
                        && lost.incrementAndGet() < config.inbox().raceTries();
    }

    /**
     * Names the handler of a consumer's topic before its first message comes, so that what is parked can be replayed at once after a
     * start. Without it, replay is possible from the first message on. Not for {@link #applyLatest}, which parks nothing.
     */
    public void register(String consumer, String topic, Handler handler) {
        handlers.put(new Source(consumer, topic), handler);
    }

    Optional<Handler> handler(String consumer, String topic) {
        return Optional.ofNullable(handlers.get(new Source(consumer, topic)));
    }

    private Uni<Void> one(String consumer, Delivery delivery, Handler handler) {
        return persist(consumer, waitOutOne(), () -> attempt(consumer, List.of(delivery), handler))
                .onFailure()
                .recoverWithUni(failure -> {
                    LOG.errorf(
                            failure,
                            "%s can not apply a message; its key is parked until somebody decides: docs/dead-letters.md",
                            consumer);
                    return persist(consumer, any -> true, () -> park(consumer, delivery, Parking.reason(failure)));
                });
    }

    private Uni<Void> park(String consumer, Delivery delivery, String reason) {
        return unitOfWork.run(tx -> Parking.remember(tx.session(), consumer, List.of(delivery.id()))
                .chain(fresh -> fresh.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : Parking.refuse(tx, consumer, delivery, reason)));
    }

    /** Does the work again and again, as long as its failures are worth another try. While the process stops, a failure is no outcome. */
    private Uni<Void> persist(String consumer, Predicate<Throwable> worthwhile, Supplier<Uni<Void>> work) {
        AtomicInteger failures = new AtomicInteger();
        return Uni.createFrom()
                .deferred(work::get)
                .onFailure()
                .retry()
                .when(failed -> failed.onItem().transformToUniAndConcatenate(failure -> {
                    if (stopping) {
                        return Uni.createFrom().nothing();
                    }
                    return worthwhile.test(failure)
                            ? pause(consumer, failure, failures.incrementAndGet())
                            : Uni.createFrom().failure(failure);
                }))
                .onTermination()
                .invoke(() -> metrics.waiting(failures.get() > 0 ? -1 : 0));
    }

    private Uni<Integer> pause(String consumer, Throwable failure, int failures) {
        if (failures == 1) {
            metrics.waiting(1);
            LOG.warnf("%s waits and tries again: %s", consumer, Parking.reason(failure));
        }
        return Uni.createFrom()
                .item(failures)
                .onItem()
                .delayIt()
                .by(Pause.of(config.backoff(), failures, ThreadLocalRandom.current()));
    }

    /** In one transaction; a failure leaves no effect of any of the deliveries. */
    private Uni<Void> attempt(String consumer, List<Delivery> deliveries, Handler handler) {
        return unitOfWork
                .run(tx -> Parking.remember(tx.session(), consumer, Parking.ids(deliveries))
                        .chain(fresh -> Parking.parked(tx.session(), consumer, keys(deliveries))
                                .chain(parked -> applyFresh(tx, consumer, deliveries, fresh, parked, handler))
                                .replaceWith(fresh.size())))
                .invoke(fresh -> metrics.applied(consumer, fresh, deliveries.size() - fresh))
                .replaceWithVoid();
    }

    private Uni<Void> applyFresh(
            OpenTx tx,
            String consumer,
            List<Delivery> deliveries,
            Set<UUID> fresh,
            Set<String> parked,
            Handler handler) {
        Set<UUID> left = new HashSet<>(fresh);
        List<Delivery> once = deliveries.stream()
                .filter(delivery -> left.remove(delivery.id()))
                .toList();
        List<Delivery> handled = once.stream()
                .filter(delivery -> !parked.contains(delivery.orderingKey()))
                .toList();
        return prepare(tx, handled, handler)
                .chain(() -> each(once, delivery -> applyOne(tx, consumer, delivery, parked, handler)));
    }

    private Uni<Void> applyOne(OpenTx tx, String consumer, Delivery delivery, Set<String> parked, Handler handler) {
        Envelope envelope = delivery.envelope();
        if (parked.contains(delivery.orderingKey())) {
            return Parking.park(tx, consumer, delivery, WAITS);
        }
        if (envelope == null) {
            parked.add(delivery.orderingKey());
            return Parking.refuse(tx, consumer, delivery, String.valueOf(delivery.unreadable()));
        }
        return handle(tx, envelope, handler);
    }

    private static Uni<Void> handle(OpenTx tx, Envelope envelope, Handler handler) {
        LogContext.set(LogContext.Key.CORRELATION_ID, envelope.correlationId());
        LogContext.set(LogContext.Key.MESSAGE_ID, envelope.id());
        LogContext.set(LogContext.Key.MESSAGE_TYPE, MessageTypes.nameOf(envelope.message()));
        LOG.debug("message");
        return handler.handle(tx.causedBy(envelope), envelope);
    }

    private static List<String> keys(List<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::orderingKey).distinct().toList();
    }
}

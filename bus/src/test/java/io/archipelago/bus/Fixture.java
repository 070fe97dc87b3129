package io.archipelago.bus;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.LongStream;

/** What tests of delivery say in a word. */
@ApplicationScoped
class Fixture {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final UnitOfWork unitOfWork;

    Fixture(UnitOfWork unitOfWork) {
        this.unitOfWork = unitOfWork;
    }

    static AllocationId allocation() {
        return new AllocationId(new ReservationId(UUID.randomUUID()), new SiteId("tokyo"));
    }

    static List<Long> sequences(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    static void send(Tx tx, AllocationId allocation, long sequence) {
        tx.send(Ledger.TOPIC, allocation.toString(), new ShareConfirmed(allocation, sequence));
    }

    <T> T inTransaction(Function<Tx, Uni<T>> work) {
        return unitOfWork.inTransaction(work).await().atMost(PATIENCE);
    }

    /** Sends the sequences of one key in one transaction. */
    void send(AllocationId allocation, long from, long to) {
        inTransaction(tx -> {
            sequences(from, to).forEach(sequence -> send(tx, allocation, sequence));
            return Uni.createFrom().voidItem();
        });
    }

    /** The sequences of a key that the ledger has, in the order in which it applied them. */
    List<Long> applied(AllocationId allocation) {
        return inTransaction(tx -> tx.session()
                .createNativeQuery("select sequence from entry where key = :key order by id", Long.class)
                .setParameter("key", allocation.toString())
                .getResultList());
    }

    long waiting() {
        return inTransaction(tx -> tx.session()
                .createNativeQuery("select count(*) from outbox", Long.class)
                .getSingleResult());
    }

    /** How many transactions wait for a lock. */
    long waitingForLocks() {
        return inTransaction(
                tx -> tx.session().createNativeQuery("""
                        select count(*) from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock'
                        """, Long.class).getSingleResult());
    }
}

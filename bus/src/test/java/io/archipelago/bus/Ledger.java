package io.archipelago.bus;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.archipelago.contracts.federation.ShareMessage.ShareReleased;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.hibernate.StaleStateException;

/** A service in small: writes down each message that it applies, and answers it. */
@ApplicationScoped
class Ledger {

    static final String TOPIC = "ledger.commands.v1";
    static final String ANSWERS = "ledger.events.v1";
    static final String CONSUMER = "reservation";

    private final Inbox inbox;
    private final Set<String> poison = ConcurrentHashMap.newKeySet();
    private final AtomicInteger outages = new AtomicInteger();
    private final Map<String, AtomicInteger> races = new ConcurrentHashMap<>();

    Ledger(Inbox inbox) {
        this.inbox = inbox;
    }

    @Incoming("ledger")
    Uni<Void> onCommands(ConsumerRecords<String, String> batch) {
        return inbox.apply(CONSUMER, batch, this::on);
    }

    Uni<Void> on(Tx tx, Envelope envelope) {
        ShareConfirmed message = (ShareConfirmed) envelope.message();
        if (poison.contains(envelope.subject() + " " + message.sequence())) {
            throw new IllegalStateException("no such booking");
        }
        AtomicInteger toLose = races.get(envelope.subject());
        if (toLose != null && toLose.getAndDecrement() > 0) {
            return Uni.createFrom().failure(new StaleStateException("another was first"));
        }
        tx.send(ANSWERS, envelope.subject(), new ShareReleased(message.allocation(), message.sequence()));
        return tx.session()
                .createNativeQuery("insert into entry (key, sequence) values (:key, :sequence)")
                .setParameter("key", envelope.subject())
                .setParameter("sequence", message.sequence())
                .executeUpdate()
                .chain(() -> outages.getAndUpdate(left -> Math.max(0, left - 1)) > 0
                        ? Uni.createFrom().failure(new IOException("the line went dead"))
                        : Uni.createFrom().voidItem());
    }

    /** From now on this message can not be applied. */
    void poison(AllocationId key, long sequence) {
        poison.add(key + " " + sequence);
    }

    /** The messages of a key lose so many races with other transactions. */
    void races(AllocationId key, int count) {
        races.put(key.toString(), new AtomicInteger(count));
    }

    void cure() {
        races.clear();
        poison.clear();
    }

    /** The next so many messages meet a fault of the infrastructure. */
    void outages(int count) {
        outages.set(count);
    }
}

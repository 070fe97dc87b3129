package io.archipelago.bus;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.federation.ShareMessage.ShareConfirmed;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** A service in small: writes down each message that it applies. */
@ApplicationScoped
class Ledger {

    static final String TOPIC = "ledger.commands.v1";
    static final String CONSUMER = "reservation";

    private final Set<String> poison = ConcurrentHashMap.newKeySet();

    @Inject
    Inbox inbox;

    @Incoming("ledger")
    Uni<Void> onCommands(ConsumerRecords<String, String> batch) {
        return inbox.apply(CONSUMER, batch, this::on);
    }

    Uni<Void> on(Tx tx, Envelope envelope) {
        ShareConfirmed message = (ShareConfirmed) envelope.message();
        if (poison.contains(envelope.subject() + " " + message.sequence())) {
            throw new IllegalStateException("no such booking");
        }
        return tx.session()
                .createNativeQuery("insert into entry (key, sequence) values (:key, :sequence)")
                .setParameter("key", envelope.subject())
                .setParameter("sequence", message.sequence())
                .executeUpdate()
                .replaceWithVoid();
    }

    void poison(AllocationId key, long sequence) {
        poison.add(key + " " + sequence);
    }

    void cure() {
        poison.clear();
    }
}

package io.archipelago.participant.app;

import io.archipelago.bus.Tx;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.participant.persistence.HostStore;
import io.archipelago.participant.persistence.HostStore.Announced;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The keys that hosts announced for secrets, read before every decision that may need one. */
@ApplicationScoped
public class HostKeys {

    private final HostStore store;
    private final Map<HostId, Announced> keys = new ConcurrentHashMap<>();

    HostKeys(HostStore store) {
        this.store = store;
    }

    /** A host's public key; empty if it was never heard of. */
    public Optional<String> of(HostId host) {
        return Optional.ofNullable(keys.get(host)).map(Announced::key);
    }

    /** Reads them, once in a transaction. */
    Uni<Void> load(Tx tx) {
        AtomicBoolean loaded = tx.atHand(Loaded.class, Loaded::new).yes;
        return loaded.getAndSet(true)
                ? Uni.createFrom().voidItem()
                // Another transaction may have read what came later.
                : store.announced(tx)
                        .invoke(all -> all.forEach((host, announced) -> keys.merge(host, announced, Announced::later)))
                        .replaceWithVoid();
    }

    private static final class Loaded {
        private final AtomicBoolean yes = new AtomicBoolean();
    }
}

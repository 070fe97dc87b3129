package io.archipelago.bus;

import static io.archipelago.bus.Fixture.PATIENCE;
import static io.archipelago.bus.Fixture.allocation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.contracts.Ids.AllocationId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** What tests of parked messages say in a word. */
@ApplicationScoped
class ParkedKeys {

    private final Fixture fixture;
    private final Ledger ledger;
    private final DeadLetters deadLetters;

    ParkedKeys(Fixture fixture, Ledger ledger, DeadLetters deadLetters) {
        this.fixture = fixture;
        this.ledger = ledger;
        this.deadLetters = deadLetters;
    }

    /** A key with messages 1 to last, of which the poison one and those behind it are parked. */
    AllocationId from(long poison, long last) {
        AllocationId allocation = allocation();
        ledger.poison(allocation, poison);
        fixture.send(allocation, 1, last);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(of(allocation))
                        .singleElement()
                        .satisfies(first -> assertThat(first.waiting()).isEqualTo(last - poison + 1)));
        return allocation;
    }

    List<DeadLetters.Parked> of(AllocationId allocation) {
        return deadLetters.list().await().atMost(PATIENCE).stream()
                .filter(parked -> allocation.toString().equals(parked.key()))
                .toList();
    }

    DeadLetters.Outcome replay(AllocationId allocation) {
        return deadLetters.replay(of(allocation).getFirst().id()).await().atMost(PATIENCE);
    }

    DeadLetters.Outcome discard(AllocationId allocation) {
        DeadLetters.Parked first = of(allocation).getFirst();
        return deadLetters
                .discard(first.id(), first.messageId(), "olga")
                .await()
                .atMost(PATIENCE);
    }
}

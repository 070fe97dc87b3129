package io.archipelago.bus.booking;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row that books. It is deleted when what it stood for has been seen gone, not when its window is over.
 *
 * @param allocation for whom
 * @param pool of what
 * @param unit which of the pool's units it has for itself; null: none
 * @param amounts how much of the pool's capacity
 * @param during when, with the time for deploying and cleaning
 * @param heldUntil when the hold runs out; null once it is confirmed
 */
public record Booking(
        AllocationId allocation,
        String pool,
        @Nullable Integer unit,
        Amounts amounts,
        TimeWindow during,
        @Nullable Instant heldUntil) {

    /** Whether this is a hold that has run out. Expired is expired, swept or not. */
    public boolean expired(Instant now) {
        return heldUntil != null && !now.isBefore(heldUntil);
    }

    /** Whether its window is over and what it stood for has not been seen gone. */
    public boolean overrun(Instant now) {
        return heldUntil == null && !now.isBefore(during.end());
    }

    /** For what it counts, unless it has expired: what overran as if it never ended, for what it stands for has not been seen gone. */
    public Booking counting(Instant now) {
        return overrun(now)
                ? new Booking(allocation, pool, unit, amounts, new TimeWindow(during.start(), Instant.MAX), heldUntil)
                : this;
    }

    public Booking confirmed() {
        return new Booking(allocation, pool, unit, amounts, during, null);
    }
}

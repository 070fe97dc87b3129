package io.archipelago.contracts.allocation;

import org.jspecify.annotations.Nullable;

/** For what something is to be held. */
public enum HoldPurpose {
    /** For what somebody has asked for. */
    FIRM,
    /** For a counter-offer, which a tenant has time to think of, and which makes way for what somebody has asked for. */
    OFFER,
    /** For nothing: whoever asks wants to know whether it would be held as {@link #FIRM}. It is answered alike, and nothing is booked. */
    PROBE;

    /** As a message says it: for what was asked for nothing is said. */
    public static @Nullable HoldPurpose written(@Nullable HoldPurpose purpose) {
        return purpose == FIRM ? null : purpose;
    }

    /** What a message says. */
    public static HoldPurpose read(@Nullable HoldPurpose written) {
        return written == null ? FIRM : written;
    }
}

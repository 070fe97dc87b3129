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

    /** As a message says it; null: it is not for an offer. */
    public @Nullable Boolean asOffer() {
        return this == OFFER ? true : null;
    }

    /** As a message says it; null: it is no probe. */
    public @Nullable Boolean asProbe() {
        return this == PROBE ? true : null;
    }

    /** What a message says. */
    public static HoldPurpose of(@Nullable Boolean offer, @Nullable Boolean probe) {
        if (Boolean.TRUE.equals(probe)) {
            return PROBE;
        }
        return Boolean.TRUE.equals(offer) ? OFFER : FIRM;
    }
}

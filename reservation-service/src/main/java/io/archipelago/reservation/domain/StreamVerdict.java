package io.archipelago.reservation.domain;

import io.archipelago.contracts.federation.StreamPosition;
import org.jspecify.annotations.Nullable;

/** What to do about a message, given the last one taken from the same site. */
public enum StreamVerdict {
    /** It is the next one. */
    TAKE,
    /** It was taken before, or belongs to a stream that is over. */
    PASS_OVER,
    /** Messages before it are missing, or the stream is a new one: take it, and compare what both sites believe. */
    TAKE_AND_COMPARE;

    /** The verdict on the next message, given the last one taken; null if none was. */
    public static StreamVerdict judge(@Nullable StreamPosition last, StreamPosition next) {
        if (last == null) {
            return next.sequence() == 1 ? TAKE : TAKE_AND_COMPARE;
        }
        if (next.epoch() != last.epoch()) {
            return next.epoch() < last.epoch() ? PASS_OVER : TAKE_AND_COMPARE;
        }
        if (next.sequence() <= last.sequence()) {
            return PASS_OVER;
        }
        return next.sequence() == last.sequence() + 1 ? TAKE : TAKE_AND_COMPARE;
    }
}

package io.archipelago.reservation.domain;

import io.archipelago.contracts.federation.StreamPosition;
import org.jspecify.annotations.Nullable;

/** What to do about a message that was not taken before, given the last one taken from the same site. */
public enum StreamVerdict {
    /** It is the next one. */
    TAKE,
    /** It belongs to a stream that is over. */
    PASS_OVER,
    /** Messages before it are missing, or the stream is a new one: take it, and compare what both sites believe. */
    TAKE_AND_COMPARE,
    /**
     * Another message had its place, or it comes after those behind it: the sender's database was set back, or an operator replays what was
     * parked. Take it, since sequences guard every share; compare, and let the sender begin its stream anew.
     */
    TAKE_LATE;

    /** The verdict on a message, given the last one taken; null if none was. */
    public static StreamVerdict judge(@Nullable StreamPosition last, StreamPosition next) {
        if (last == null) {
            return next.sequence() == 1 ? TAKE : TAKE_AND_COMPARE;
        }
        if (next.epoch() != last.epoch()) {
            return next.epoch() < last.epoch() ? PASS_OVER : TAKE_AND_COMPARE;
        }
        if (next.sequence() <= last.sequence()) {
            return TAKE_LATE;
        }
        return next.sequence() == last.sequence() + 1 ? TAKE : TAKE_AND_COMPARE;
    }

    /** Whether the reader's position moves to the message's place. */
    public boolean moves() {
        return this == TAKE || this == TAKE_AND_COMPARE;
    }

    /** Whether something may have been missed. */
    public boolean breaks() {
        return this == TAKE_AND_COMPARE || this == TAKE_LATE;
    }
}

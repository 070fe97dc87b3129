package io.archipelago.bus.booking;

import java.util.function.LongPredicate;

/** Finds how much is possible, by halving. */
public final class Bisection {

    private Bisection() {}

    /**
     * The greatest number that is possible.
     *
     * @param least which is possible, and is not looked at
     * @param beyond the least that is not looked at either
     * @param possible whether a number between both is; whatever is less then is as well
     */
    public static long greatest(long least, long beyond, LongPredicate possible) {
        long low = least;
        long high = beyond;
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (possible.test(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}

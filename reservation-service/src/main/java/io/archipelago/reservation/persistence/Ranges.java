package io.archipelago.reservation.persistence;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.federation.ShareDigest.Range;
import org.jspecify.annotations.Nullable;

/**
 * The two ends of a range for a query, be it over reservations' ids or, compared as bytes, over shares', which begin with them.
 */
final class Ranges {

    private static final String LOWEST = "00000000-0000-0000-0000-000000000000";
    // Above every id: those of version 7 have a 7 in their middle.
    private static final String HIGHEST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

    private Ranges() {}

    static String first(Range range) {
        return text(range.first(), LOWEST);
    }

    static String end(Range range) {
        return text(range.end(), HIGHEST);
    }

    private static String text(@Nullable ReservationId id, String open) {
        return id == null ? open : id.toString();
    }
}

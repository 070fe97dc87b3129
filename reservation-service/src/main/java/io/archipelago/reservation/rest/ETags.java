package io.archipelago.reservation.rest;

import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.persistence.ReservationStore.Versioned;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The entity tags of reservations: the version of what is shown, and how many changes were asked for. Whoever wants a change need not know how far machines are
 * by now, but what was asked for by others.
 */
final class ETags {

    private static final Pattern TAG = Pattern.compile("\"[0-9]{1,18}-([0-9]{1,9})\"");

    private ETags() {}

    static String of(Versioned seen) {
        return "\"%d-%d\""
                .formatted(seen.version(), seen.reservation().details().revision());
    }

    /** Whether no change was asked for since a tag was given; any tag does that is {@code *}. */
    static boolean isOf(String tag, Details now) {
        Matcher matcher = TAG.matcher(tag);
        return tag.equals("*") || matcher.matches() && Integer.parseInt(matcher.group(1)) == now.revision();
    }
}

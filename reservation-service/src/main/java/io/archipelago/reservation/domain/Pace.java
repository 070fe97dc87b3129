package io.archipelago.reservation.domain;

import io.archipelago.contracts.allocation.HoldPurpose;
import java.time.Duration;
import java.time.Instant;

/**
 * How long things may take; every pending state's deadline comes from here, see docs/deadlines.md.
 *
 * @param holdFor how long a site holds
 * @param margin how long before a hold runs out at the latest the master gives up
 * @param askAgain after what time without an answer a command is asked again, at first; doubled each time
 * @param askAgainAtMost the longest such time
 * @param lead time for deploying before a window
 * @param deployWithin after what time from the start a cluster that is not complete is called degraded
 * @param replaceAgain after what time it is tried again to replace lost machines that could not be
 * @param attempts how many plans are tried before a request is refused
 * @param offers how many counter-offers at most are made for what is refused; 0: none
 * @param offerFor how long a tenant has to accept one
 * @param probeFor how long sites that are only probed have to answer, and their participants: to each a margin less
 */
public record Pace(
        Duration holdFor,
        Duration margin,
        Duration askAgain,
        Duration askAgainAtMost,
        Duration lead,
        Duration deployWithin,
        Duration replaceAgain,
        int attempts,
        int offers,
        Duration offerFor,
        Duration probeFor) {

    /** How long a site holds something; if it is only probed, within what time it answers. */
    Duration holdFor(HoldPurpose purpose) {
        return switch (purpose) {
            case FIRM -> holdFor;
            // Until all sites hold, until the tenant has thought of it, and until all have confirmed.
            case OFFER -> holdFor.plus(offerFor).plus(holdFor);
            case PROBE -> probeFor;
        };
    }

    /** How long who only asks waits in all: for all attempts at it, and at what could be had instead. */
    public Duration previewFor() {
        return probeFor.multipliedBy(2L * attempts);
    }

    /** When a master that has asked all sites just now takes silence for a refusal. */
    Instant silentAt(HoldPurpose purpose, Instant now) {
        return now.plus(purpose == HoldPurpose.PROBE ? probeFor : holdFor).minus(margin);
    }

    /** When to ask again what was asked so many times. */
    Duration again(int asked) {
        Duration doubled = askAgain.multipliedBy(1L << Math.min(Math.max(asked - 1, 0), 10));
        return doubled.compareTo(askAgainAtMost) < 0 ? doubled : askAgainAtMost;
    }
}

package io.archipelago.reservation.domain;

import io.archipelago.contracts.federation.ShareDigest;
import io.archipelago.contracts.federation.ShareDigest.Entry;
import io.archipelago.reservation.domain.Share.Stage;

/**
 * What a master does about a share of which its site believes something else; the table stands in docs/settlement.md. Only the master acts: it
 * gives its last command again, and the site answers with the truth.
 */
enum Remedy {
    /** They agree, or a deadline that is set already will bring them to. */
    NOTHING,
    /** The last command is given again. */
    REPEAT,
    /** The site has heard a later command than the master remembers, or another under the same sequence: the last is given again, above it. */
    REPEAT_ABOVE,
    /** The site has lost what it had confirmed. */
    LOSE;

    /**
     * The remedy.
     *
     * @param share what the master knows
     * @param site what its site says, in an order in which all its earlier answers were heard
     */
    static Remedy of(Share share, Entry site) {
        if (!share.stage().open()) {
            return NOTHING;
        }
        if (site.sequence() > share.sequence()) {
            return REPEAT_ABOVE;
        }
        return switch (share.stage()) {
            // Asked again, or given up, at a deadline of its own.
            case HOLDING, HELD, CONFIRMING -> NOTHING;
            case RELEASING -> tookAnother(share, site) ? REPEAT_ABOVE : NOTHING;
            case CONFIRMED -> {
                if (site.stage() == ShareDigest.Stage.UNKNOWN) {
                    yield LOSE;
                }
                yield agree(share, site) ? NOTHING : REPEAT;
            }
            case LOST -> isOver(site) ? NOTHING : REPEAT;
            case PROBED, REFUSED, RELEASED -> NOTHING;
        };
    }

    /** Whether the site has heard another command under the number of the release: its answer will not do. */
    private static boolean tookAnother(Share share, Entry site) {
        return site.sequence() == share.sequence()
                && site.stage() != ShareDigest.Stage.RELEASING
                && site.stage() != ShareDigest.Stage.UNKNOWN;
    }

    private static boolean isOver(Entry site) {
        return switch (site.stage()) {
            case UNKNOWN, RELEASING, RELEASED -> true;
            case HOLDING, HELD, CONFIRMING, CONFIRMED, RUNNING -> false;
        };
    }

    private static boolean agree(Share share, Entry site) {
        boolean sameStage = site.stage() == ShareDigest.Stage.CONFIRMED || site.stage() == ShareDigest.Stage.RUNNING;
        return sameStage
                && share.stage() == Stage.CONFIRMED
                && site.sequence() == share.sequence()
                && site.told() == share.heard();
    }
}

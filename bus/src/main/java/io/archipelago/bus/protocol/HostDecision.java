package io.archipelago.bus.protocol;

import io.archipelago.contracts.host.HostDead;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written and said about a host in one transaction.
 *
 * @param next what is known of it now; null: as before
 * @param pools whether its pools are to be written anew
 * @param parts whether the parts with something on it are to be looked at
 * @param say what to tell the other participants; null: nothing
 */
public record HostDecision(
        @Nullable HostRecord next,
        boolean pools,
        Parts parts,
        @Nullable HostDead say) {

    static final HostDecision NOTHING = new HostDecision(null, false, Parts.LEFT_ALONE, null);

    /** Whether the parts with something on a host are to be looked at: {@link ParticipantProtocol#onHosts}. */
    public enum Parts {
        LEFT_ALONE,
        /** More may have to be done for them. */
        LOOKED_AT,
        /** Something has happened to the host. */
        TOLD
    }

    static HostDecision quietly(HostRecord next) {
        return new HostDecision(next, false, Parts.LEFT_ALONE, null);
    }
}

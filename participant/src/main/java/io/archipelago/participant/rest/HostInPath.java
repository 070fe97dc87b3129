package io.archipelago.participant.rest;

import io.archipelago.bus.Rejection;
import io.archipelago.contracts.Ids.HostId;

/** The host that a path names. */
public final class HostInPath {

    private HostInPath() {}

    /**
     * Reads it.
     *
     * @throws Rejection NOT_FOUND if no host can have such a name
     */
    public static HostId read(String text) {
        try {
            return new HostId(text);
        } catch (IllegalArgumentException e) {
            throw Rejection.notFound("host");
        }
    }
}

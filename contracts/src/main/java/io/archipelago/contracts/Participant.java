package io.archipelago.contracts;

import java.util.Locale;
import java.util.Optional;

/** A service that books a resource for an allocation. */
public enum Participant {
    PLACEMENT,
    NETWORK,
    STORAGE,
    /** Holds after the network: the proxy stands on the gateway that the network chose. */
    CACHE;

    /** Whose facts must be known before this one can be asked to hold. */
    public Optional<Participant> after() {
        return this == CACHE ? Optional.of(NETWORK) : Optional.empty();
    }

    /** What it books, in the words of a tenant. */
    public String resource() {
        return switch (this) {
            case PLACEMENT -> "machines";
            case NETWORK -> "vlan";
            case STORAGE -> "volume space";
            case CACHE -> "cache space";
        };
    }

    /** The short name of the service, as in its topics: {@code placement}. */
    public String service() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.archipelago.local;

import java.util.Locale;

/** The services that every site runs, each with a database of its own. */
public enum ServiceKind {
    RESERVATION,
    PLACEMENT,
    NETWORK,
    STORAGE,
    CACHE;

    /** As in topics, databases and process names. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    String module() {
        return id() + "-service";
    }
}

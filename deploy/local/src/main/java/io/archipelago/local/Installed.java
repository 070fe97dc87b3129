package io.archipelago.local;

import java.nio.file.Path;

/** Where this copy of Archipelago lies, for the modules beside this one. */
public final class Installed {

    private Installed() {}

    public static Path repository() {
        return Installation.find().repository();
    }
}

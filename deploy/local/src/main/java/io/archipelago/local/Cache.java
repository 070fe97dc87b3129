package io.archipelago.local;

import java.nio.file.Path;
import java.util.Map;

/** Where unpacked servers are kept: outside of the build's folders, so that {@code mvn clean} may run beside a stack. */
final class Cache {

    private Cache() {}

    static Path directory() {
        return directory(System.getenv(), System.getProperty("user.name"), System.getProperty("user.home"));
    }

    static Path directory(Map<String, String> environment, String user, String home) {
        String chosen = environment.get("XDG_CACHE_HOME");
        if (chosen != null && !chosen.isBlank()) {
            return Path.of(chosen, "archipelago");
        }
        // Root's home is closed to the user that PostgreSQL runs as.
        return user.equals("root") ? Path.of("/var/cache/archipelago") : Path.of(home, ".cache", "archipelago");
    }
}

package io.archipelago.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The passwords of one stack, made at its first start. They leave this file only as environment of the processes. */
public final class Secrets {

    private static final int BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, String> values;

    private Secrets(Map<String, String> values) {
        this.values = values;
    }

    /** Reads the file, adds what is missing for this stack, and writes it when something was. */
    static Secrets ensure(Path file, Stack stack) throws IOException {
        Map<String, String> values = new TreeMap<>();
        if (Files.exists(file)) {
            values.putAll(JsonFiles.read(file, StringMap.class));
        }
        int before = values.size();
        addIfMissing(values, Stack.POSTGRES);
        addIfMissing(values, Stack.KEYCLOAK);
        for (Site site : stack.sites()) {
            for (ServiceKind kind : ServiceKind.values()) {
                addIfMissing(values, Stack.database(site, kind));
            }
        }
        if (values.size() > before) {
            JsonFiles.write(file, values);
        }
        return new Secrets(values);
    }

    String postgresPassword() {
        return get(Stack.POSTGRES);
    }

    String keycloakAdminPassword() {
        return get(Stack.KEYCLOAK);
    }

    String databasePassword(Site site, ServiceKind kind) {
        return get(Stack.database(site, kind));
    }

    private String get(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("no secret was made for " + name);
        }
        return value;
    }

    private static void addIfMissing(Map<String, String> values, String name) {
        values.computeIfAbsent(name, missing -> random());
    }

    /** A password that nobody guesses, of letters and digits. */
    public static String random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static final class StringMap extends TreeMap<String, String> {}

    @Override
    public String toString() {
        return "Secrets" + values.keySet();
    }
}

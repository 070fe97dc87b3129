package io.archipelago.contracts.host;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** What a participant and an agent compare to see whether they know the same specifications: key and generation of each, hashed. */
public final class SpecDigest {

    private SpecDigest() {}

    /** The first 16 hex digits of SHA-256 over {@code key=generation} lines in key order. */
    public static String of(Map<ResourceKey, Long> generations) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new TreeMap<>(generations)
                    .forEach((key, generation) ->
                            digest.update((key + "=" + generation + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

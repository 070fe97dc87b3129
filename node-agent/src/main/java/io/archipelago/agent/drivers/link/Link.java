package io.archipelago.agent.drivers.link;

import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** One end of a link on this host: what it is to be, and where. */
record Link(ResourceKey key, LinkSpec spec, Place place) {

    /** The kernel takes names of up to 15 characters. */
    private static final int HASH_BYTES = 6;

    /** The name of its device in the cluster's namespace: a port of the bridge. */
    String device() {
        return device(key);
    }

    /**
     * The MAC of its device. A bridge without one of its own takes the lowest of its ports': this one is the highest there is, and the same
     * whenever the link is opened, so that nobody has to learn another for the gateway.
     */
    String mac() {
        return "fe" + hash(key).substring(2).replaceAll("(..)", ":$1");
    }

    /** What is written on its devices. */
    String label() {
        return label(key);
    }

    /** The name of a device that it needs below the first. */
    String lowerDevice() {
        return lowerDevice(key);
    }

    boolean differsOnlyInBandwidth(Link other) {
        return key.equals(other.key)
                && place.equals(other.place)
                && withoutBandwidth(spec).equals(withoutBandwidth(other.spec));
    }

    static String device(ResourceKey key) {
        return "ln" + hash(key);
    }

    static String lowerDevice(ResourceKey key) {
        return "lw" + hash(key);
    }

    static String label(ResourceKey key) {
        return "archipelago:" + key;
    }

    private static LinkSpec withoutBandwidth(LinkSpec spec) {
        return new LinkSpec(
                spec.segment(),
                spec.peer(),
                spec.listen(),
                spec.ends(),
                spec.mtu(),
                spec.driver(),
                spec.peerKey(),
                spec.tunnel(),
                0);
    }

    private static String hash(ResourceKey key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(key.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

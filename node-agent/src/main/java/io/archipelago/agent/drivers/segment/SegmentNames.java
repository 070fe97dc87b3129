package io.archipelago.agent.drivers.segment;

import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What the parts of a segment are called on a host. A name of an interface has room for 15 characters, so there it is a hash; the alias
 * tells whose it is. A namespace's name says it in full.
 *
 * @param key the segment's
 */
public record SegmentNames(ResourceKey key) {

    /** The bridge inside the namespace. */
    public static final String BRIDGE = "cluster";

    /** The VLAN interface inside the namespace. */
    public static final String VLAN = "trunk";

    /** The way to the outside inside the namespace. */
    public static final String OUTSIDE = "outside";

    /** The way to the host's bridge for machines inside the namespace. */
    public static final String MACHINES = "machines";

    /** Matches the host's ends of all ways to the outside, in a rule of iptables. */
    static final String ALL_OUTSIDES = "arcn-+";

    private static final String ALIAS = "archipelago:";
    private static final String NAMESPACE = "archipelago.";
    private static final int HASH_DIGITS = 10;

    /** The segment whose alias this is, if it is one. */
    static Optional<ResourceKey> ofAlias(String alias) {
        String segment = ALIAS + ResourceKind.SEGMENT.wireName() + "/";
        return alias.startsWith(segment)
                ? ResourceKey.written(ResourceKind.SEGMENT, alias.substring(segment.length()))
                : Optional.empty();
    }

    /** The segment whose namespace this is, if it is one. */
    static Optional<ResourceKey> ofNamespace(String name) {
        return ResourceKey.written(ResourceKind.SEGMENT, name.substring(NAMESPACE.length()));
    }

    /** Whether an interface is the host's end of a way to the outside. */
    static boolean isOutside(String device) {
        return device.startsWith("arcn-");
    }

    /** Everything that the names of our namespaces begin with. */
    static String namespaces() {
        return NAMESPACE;
    }

    /** What is written on every interface of it that lies in the host's own namespace. */
    String alias() {
        return ALIAS + key;
    }

    /** The VLAN interface, on a host that is not its gateway. */
    String hostVlan() {
        return "arcv-" + hash();
    }

    /** The bridge for machines. */
    String hostBridge() {
        return "arcb-" + hash();
    }

    /** The port of that bridge that leads to the namespace, on a host that is its gateway too. */
    String hostPort() {
        return "arcp-" + hash();
    }

    /** The host's end of the gateway's way to the outside. */
    String hostOutside() {
        return "arcn-" + hash();
    }

    /** The namespace, on its gateway. */
    public String namespace() {
        return NAMESPACE + key.id();
    }

    /** A number that is hardly ever that of another segment, 0 to 2^32 - 1. */
    long number() {
        return Long.parseLong(hash().substring(0, 8), 16);
    }

    /** The gateway's own hardware address: the same whenever it is made, and at no other site. */
    String gatewayMac() {
        return "06:" + hash().replaceAll("(..)(?=.)", "$1:");
    }

    private String hash() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(key.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

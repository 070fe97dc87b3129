package io.archipelago.contracts.allocation;

import io.archipelago.contracts.Ids.ReservationId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names and addresses within one cluster, unique across all sites because they are functions of the site's number (8 bits) and an
 * ordinal: no site has to ask another.
 *
 * <pre>
 * address = prefix | site number (8 bits) | ordinal (what is left)      172.16.0.0/12: 12 bits of ordinal
 * MAC     = 02 : cluster (16 bits) : site number (8 bits) : ordinal (16 bits)
 * name    = vcompute-&lt;site number&gt;-&lt;ordinal&gt;, the frontend's: vfrontend-&lt;site number&gt;
 * </pre>
 *
 * Of a site's ordinals 0 and the last name no machine (network and broadcast address), the last but one is the site's gateway, the
 * one before it the frontend.
 *
 * @param base the prefix's address as a number
 * @param length the prefix's length, 8 to 16
 * @param cluster the 16 bits that tell this cluster's MACs from another's
 */
public record ClusterAddressing(int base, int length, int cluster) {

    public static final String DEFAULT_NETWORK = "172.16.0.0/12";
    public static final int LAST_SITE_NUMBER = 255;

    private static final int SITE_BITS = 8;
    private static final Pattern CIDR = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");
    private static final int[][] PRIVATE = {{10 << 24, 8}, {172 << 24 | 16 << 16, 12}, {192 << 24 | 168 << 16, 16}};

    public ClusterAddressing {
        if (length < 8 || length > 16 || (base & hostMask(length)) != 0 || !isPrivate(base, length)) {
            throw new IllegalArgumentException(
                    "a cluster's network is a private IPv4 prefix of length 8 to 16, such as " + DEFAULT_NETWORK
                            + ", without host bits");
        }
    }

    /**
     * Reads a prefix.
     *
     * @throws IllegalArgumentException if it is not a private prefix of length 8 to 16 in CIDR form
     */
    public static ClusterAddressing of(String network, ReservationId cluster) {
        Matcher matcher = CIDR.matcher(network);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "a cluster's network is written like " + DEFAULT_NETWORK + ", not '" + network + "'");
        }
        int base = 0;
        for (int i = 1; i <= 4; i++) {
            int octet = Integer.parseInt(matcher.group(i));
            if (octet > 255) {
                throw new IllegalArgumentException("each number of an address is at most 255, not " + octet);
            }
            base = base << 8 | octet;
        }
        int bits = (int) (cluster.value().getLeastSignificantBits() & 0xFFFF);
        return new ClusterAddressing(base, Integer.parseInt(matcher.group(5)), bits);
    }

    /** How many compute machines one site can name. */
    public int computeOrdinals() {
        return frontendOrdinal() - 1;
    }

    /** Whether every machine of a site's group has a name of its own: compute machines below the frontend's ordinal, the frontend at it. */
    public boolean names(MachineGroup group) {
        return switch (group.role()) {
            case FRONTEND ->
                group.count() == 1
                        && group.firstOrdinal() == frontendOrdinal()
                        && group.retired().isEmpty();
            case COMPUTE ->
                (long) group.firstOrdinal() + group.count() + group.retired().size() <= frontendOrdinal();
        };
    }

    public int gatewayOrdinal() {
        return lastOrdinal() - 1;
    }

    public int frontendOrdinal() {
        return lastOrdinal() - 2;
    }

    /** The address of a site's machine, dotted. */
    public String address(int siteNumber, int ordinal) {
        check(siteNumber, ordinal);
        int value = base | siteNumber << ordinalBits() | ordinal;
        return (value >>> 24) + "." + (value >>> 16 & 255) + "." + (value >>> 8 & 255) + "." + (value & 255);
    }

    /** The MAC of a site's machine, lower-case, colons between. */
    public String mac(int siteNumber, int ordinal) {
        check(siteNumber, ordinal);
        return "02:%02x:%02x:%02x:%02x:%02x"
                .formatted(cluster >>> 8, cluster & 255, siteNumber, ordinal >>> 8, ordinal & 255);
    }

    /** The host name of a site's machine. */
    public String hostName(int siteNumber, int ordinal) {
        check(siteNumber, ordinal);
        return ordinal == frontendOrdinal() ? "vfrontend-" + siteNumber : "vcompute-" + siteNumber + "-" + ordinal;
    }

    private int ordinalBits() {
        return Integer.SIZE - length - SITE_BITS;
    }

    private int lastOrdinal() {
        return (1 << ordinalBits()) - 1;
    }

    private void check(int siteNumber, int ordinal) {
        if (siteNumber < 1 || siteNumber > LAST_SITE_NUMBER || ordinal < 1 || ordinal > gatewayOrdinal()) {
            throw new IllegalArgumentException(
                    "site number " + siteNumber + " or ordinal " + ordinal + " out of range");
        }
    }

    private static int hostMask(int length) {
        return (1 << (Integer.SIZE - length)) - 1;
    }

    private static boolean isPrivate(int base, int length) {
        for (int[] range : PRIVATE) {
            if (length >= range[1] && (base & ~hostMask(range[1])) == range[0]) {
                return true;
            }
        }
        return false;
    }
}

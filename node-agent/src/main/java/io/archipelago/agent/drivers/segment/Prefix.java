package io.archipelago.agent.drivers.segment;

/**
 * An IPv4 address in a network.
 *
 * @param bits the address, as a number
 * @param length of the network's prefix, 0 to 32
 */
record Prefix(long bits, int length) {

    private static final long ALL = 0xFFFF_FFFFL;

    /** Reads {@code 172.16.31.254/12}; {@link IllegalArgumentException} if it is none. */
    static Prefix parse(String text) {
        String[] parts = text.split("[./]", -1);
        if (parts.length != 5) {
            throw new IllegalArgumentException("an address with a prefix length is like 10.0.0.1/8, not " + text);
        }
        long bits = 0;
        for (int i = 0; i < 4; i++) {
            bits = bits << 8 | Integer.parseInt(parts[i]);
        }
        return new Prefix(bits, Integer.parseInt(parts[4]));
    }

    String address() {
        return text(bits);
    }

    /** The network's first address. */
    String network() {
        return text(bits & maskBits());
    }

    String mask() {
        return text(maskBits());
    }

    /** The network, with the prefix length. */
    String text() {
        return network() + "/" + length;
    }

    /** Whether another address lies in this network. */
    boolean contains(Prefix other) {
        return (other.bits & maskBits()) == (bits & maskBits());
    }

    private long maskBits() {
        return ALL << 32 - length & ALL;
    }

    private static String text(long bits) {
        return "%d.%d.%d.%d".formatted(bits >> 24 & 255, bits >> 16 & 255, bits >> 8 & 255, bits & 255);
    }

    @Override
    public String toString() {
        return address() + "/" + length;
    }
}

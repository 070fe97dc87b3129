package io.archipelago.contracts.host;

import java.util.regex.Pattern;

/**
 * What another site says of its gateway, and what programs of ours are told: addresses and keys that are nothing but that. Whatever else
 * they might be, as a second line in a configuration, is refused where a message is read.
 */
public final class WanWords {

    private static final Pattern ADDRESS = Pattern.compile("|[0-9A-Za-z:][0-9A-Za-z.:-]{0,252}");
    private static final Pattern KEY = Pattern.compile("[0-9A-Za-z+/=:_.]{0,200}");
    private static final int LAST_PORT = 65_535;

    private WanWords() {}

    /**
     * An IP address or a host name; empty where there is none.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static String address(String address) {
        if (!ADDRESS.matcher(address).matches()) {
            throw new IllegalArgumentException("not an address of a gateway: '" + address + "'");
        }
        return address;
    }

    /**
     * A fingerprint or a public key; empty where there is none.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static String key(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("not a key of a gateway: '" + key + "'");
        }
        return key;
    }

    /**
     * A port, 1 to 65535; 0 where there is none.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static int port(int port) {
        if (port < 0 || port > LAST_PORT) {
            throw new IllegalArgumentException("a port is a number from 1 to " + LAST_PORT + ", not " + port);
        }
        return port;
    }
}

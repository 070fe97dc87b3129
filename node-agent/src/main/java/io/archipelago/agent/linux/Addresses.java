package io.archipelago.agent.linux;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Addresses as an operator writes them. */
final class Addresses {

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
    private static final Pattern NETWORK = Pattern.compile(IPV4.pattern() + "/(3[0-2]|[12]?[0-9])");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");
    private static final Pattern NAME = Pattern.compile("(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
    private static final int HIGHEST_PORT = 65535;

    private Addresses() {}

    /** An IPv4 network, such as {@code 10.10.0.0/24}. */
    static boolean isNetwork(String text) {
        return NETWORK.matcher(text).matches();
    }

    /** An address, or a host's name. */
    static boolean isHost(String text) {
        return isIpv4(text) || isIpv6(text) || NAME.matcher(text).matches();
    }

    /** An address and a port, with an IPv6 address in brackets. */
    static boolean isPortal(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !isPort(text.substring(colon + 1))) {
            return false;
        }
        String address = text.substring(0, colon);
        return address.startsWith("[") && address.endsWith("]")
                ? isIpv6(address.substring(1, address.length() - 1))
                : isIpv4(address);
    }

    private static boolean isPort(String text) {
        return PORT.matcher(text).matches() && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= HIGHEST_PORT;
    }

    private static boolean isIpv4(String text) {
        return IPV4.matcher(text).matches();
    }

    /** With a colon it can be no name, so nobody is asked for its address. */
    private static boolean isIpv6(String text) {
        try {
            return IPV6.matcher(text).matches() && InetAddress.getByName(text) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}

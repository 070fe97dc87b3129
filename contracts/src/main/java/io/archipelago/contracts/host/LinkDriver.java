package io.archipelago.contracts.host;

/** How the two ends of a link are joined. Both ends use the same. */
public enum LinkDriver {
    /** OpenVPN in tap mode: encrypted. The key is the fingerprint of a certificate. */
    OPENVPN(66),
    /** VXLAN within WireGuard: encrypted. The key is WireGuard's public key. */
    VXLAN_WIREGUARD(110),
    /** VXLAN as it is: for a WAN that everybody on it may read and write. No key. */
    VXLAN(50),
    /** Ethernet within GRE as it is: for a WAN that everybody on it may read and write. No key. */
    GRETAP(42),
    /** An appliance that the site's own scripts open and close. The key is what they say. */
    CONSOLE(110);

    private final int overhead;

    LinkDriver(int overhead) {
        this.overhead = overhead;
    }

    /** What it adds to the payload of a frame on an IPv4 WAN, in bytes: the frame's own header and all that is around it. */
    public int overhead() {
        return overhead;
    }
}

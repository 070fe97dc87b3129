package io.archipelago.agent.drivers.segment;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network interface.
 *
 * @param name the kernel's name for it
 * @param alias what is written on it; empty if nothing is
 * @param kind such as {@code vlan} or {@code bridge}; empty for hardware
 * @param flags as of ip-link(8), such as {@code UP}
 * @param mtu in bytes
 * @param mac its address
 * @param bridge the bridge that it is a port of; empty if of none
 * @param parent the interface that it stands on; empty if on none, or on one in another namespace
 * @param vlan its VLAN id; 0 if it is none
 * @param quiet of a bridge: whether it forwards at once, and neither takes part in the spanning tree nor holds multicast back
 * @param addresses its IPv4 addresses with their prefix lengths
 */
record Device(
        String name,
        String alias,
        String kind,
        Set<String> flags,
        int mtu,
        String mac,
        String bridge,
        String parent,
        int vlan,
        boolean quiet,
        Set<String> addresses) {

    /** What makes a bridge {@link #quiet}, as of ip-link(8). */
    static final String QUIET = "forward_delay 0 stp_state 0 mcast_snooping 0";

    Device {
        flags = Set.copyOf(flags);
        addresses = Set.copyOf(addresses);
    }

    boolean isUp() {
        return flags.contains("UP");
    }

    /** Whether there is a cable with somebody at its other end. */
    boolean hasCarrier() {
        return !flags.contains("NO-CARRIER");
    }

    /** Whether a VLAN interface, if this is one, stands on a trunk. */
    boolean isVlanOf(String trunk, int id) {
        return vlan == id && parent.equals(trunk);
    }

    /** Whether it bears this alias, or was not given one yet. */
    static boolean isOurs(@Nullable Device device, String alias) {
        return device != null && (device.alias().isEmpty() || device.alias().equals(alias));
    }
}

package io.archipelago.lab;

import org.jspecify.annotations.Nullable;

/**
 * A network interface of a host.
 *
 * @param name as the host sees it
 * @param bridge the network that it is plugged into
 * @param tap its other end, on the machine
 * @param mac the same at each boot: who knew it before a power cut finds it again
 * @param address with the length of its prefix; null when it has none, as a trunk
 */
record Nic(
        String name,
        String bridge,
        String tap,
        String mac,
        @Nullable String address) {}

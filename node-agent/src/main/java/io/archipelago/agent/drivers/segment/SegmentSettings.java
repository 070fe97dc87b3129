package io.archipelago.agent.drivers.segment;

import java.nio.file.Path;
import java.util.List;

/**
 * What segments stand on at a host.
 *
 * @param trunk the network card on which the clusters' VLANs arrive
 * @param outside the interface through which gateways reach the outside; empty on a host that is none
 * @param closed networks that no cluster reaches, such as the hosts' own management network, each with its prefix length
 * @param directory for files that live no longer than interfaces do: on a file system that a reboot empties, and readable for
 *     daemons that run as other users; such as {@code /run/archipelago/segments}
 * @param machines whether the host runs machines, also of clusters whose gateway it is
 */
public record SegmentSettings(String trunk, String outside, List<String> closed, Path directory, boolean machines) {

    public SegmentSettings {
        closed = List.copyOf(closed);
    }
}

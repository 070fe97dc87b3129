package io.archipelago.network;

import io.archipelago.contracts.host.LinkDriver;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Map;

/** What this site's network may give. */
@ConfigMapping(prefix = "network")
public interface NetworkConfig {

    /** The VLAN ids that clusters may have. */
    Vlans vlans();

    /** The ports on each gateway that clusters' links may have. */
    LinkPorts linkPorts();

    /** The largest payload of a frame that the trunks of this site carry within a VLAN, in bytes, 576 to 9216. */
    @WithDefault("1500")
    int segmentMtu();

    /** How this site joins itself with others. */
    Link link();

    /** The way to peers, by their site: {@code network.wan.osaka.bandwidth}. To one that is not named no bandwidth can be asked for. */
    Map<String, Peer> wan();

    /** The way to a peer. */
    interface Peer {

        /**
         * What all links to it together may take, in bits per second, 1 or more. Clusters book of it what they ask for, others
         * {@code network.link.bandwidth}, which must then be set.
         */
        long bandwidth();
    }

    /** The Ethernet VPNs between this site's gateways and others'. */
    interface Link {

        /**
         * How links may be joined, what is liked best first; a gateway offers those of them that it can. The plain ones, {@code vxlan}
         * and {@code gretap}, neither hide nor protect what they carry: only for a WAN that nobody else is on.
         */
        @WithDefault("openvpn,vxlan-wireguard")
        List<LinkDriver> drivers();

        /** The largest IP packet that gets to every peer's gateways uncut, in bytes, 576 to 9216. */
        @WithDefault("1500")
        int pathMtu();

        /** What a link may take of the WAN whose cluster has asked for no bandwidth, in bits per second; 0: not limited. */
        @WithDefault("0")
        long bandwidth();
    }

    /** A range within 1 to 4094. */
    interface Vlans {
        @WithDefault("100")
        int first();

        @WithDefault("4000")
        int last();
    }

    /** A range within 1 to 65535. */
    interface LinkPorts {
        @WithDefault("20000")
        int first();

        @WithDefault("23999")
        int last();
    }
}

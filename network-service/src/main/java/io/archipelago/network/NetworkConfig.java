package io.archipelago.network;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What this site's network may give. */
@ConfigMapping(prefix = "network")
public interface NetworkConfig {

    /** The VLAN ids that clusters may have. */
    Vlans vlans();

    /** The ports on each gateway that clusters' links may have. */
    LinkPorts linkPorts();

    /** The largest payload of a frame that a link of this site carries, in bytes: the path's MTU less the link's overhead. */
    @WithDefault("1400")
    int linkMtu();

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

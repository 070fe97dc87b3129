package io.archipelago.reservation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;

/** The sites that this one is federated with. */
@ConfigMapping(prefix = "federation")
public interface FederationConfig {

    /** This site. */
    Own own();

    /** Each peer by its short id; none if the site stands alone. */
    Map<String, Peer> peers();

    /** How often sites tell each other what they believe of the shares that they have in common. */
    @WithDefault("PT5M")
    Duration compareEvery();

    /** This site. */
    interface Own {
        /** Its number, 1 to 255, no peer's. */
        int number();

        /** Its own broker, host:port. */
        String bootstrapServers();
    }

    /** A peer. */
    interface Peer {
        /** Its number, 1 to 255, unlike any other's. */
        int number();

        /** Its broker, host:port, of which this site may read one topic. */
        String bootstrapServers();
    }
}

package io.archipelago.reservation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/** The sites that this one is federated with. */
@ConfigMapping(prefix = "federation")
public interface FederationConfig {

    /** This site. */
    Own own();

    /** Each peer by its short id; none if the site stands alone. */
    Map<String, Peer> peers();

    /** What each peer may have here, unless it is said for that one. */
    Limits limits();

    /** How often sites tell each other what they believe of the shares that they have in common. */
    @WithDefault("PT5M")
    Duration compareEvery();

    /** This site. */
    interface Own {
        /** Its number, 1 to 255, no peer's. */
        int number();

        /** Its own broker, host:port. How it is spoken to otherwise is said by {@code kafka.*}, as for all that this service reads and writes. */
        String bootstrapServers();
    }

    /** What shares a peer may have here at any instant, of clusters whose master it is. */
    interface Limits {
        /** Machines, 0 or more. */
        @WithDefault("1000")
        int machines();

        /** Volumes, in GiB, 0 or more. */
        @WithDefault("50000")
        int volumeGib();
    }

    /** What one peer may have here, as far as it is not {@link FederationConfig#limits}. */
    interface OwnLimits {
        /** Machines, 0 or more. */
        OptionalInt machines();

        /** Volumes, in GiB, 0 or more. */
        OptionalInt volumeGib();
    }

    /** A peer. */
    interface Peer {
        /** Its number, 1 to 255, unlike any other's. */
        int number();

        /** What it may have here, if that is not what all peers may. */
        OwnLimits limits();

        /** Its broker, host:port, of which this site may read one topic. */
        String bootstrapServers();

        /**
         * How its broker is spoken to: settings of Kafka's consumer under their own names, in quotes if they have dots, such as
         * {@code federation.peers.osaka.kafka."security.protocol"=SSL} with {@code "ssl.truststore.location"} and
         * {@code "ssl.keystore.location"} for TLS by both sides, or {@code SASL_SSL} with {@code "sasl.mechanism"} and
         * {@code "sasl.jaas.config"}. None by default: in the clear, by anybody. Nothing of {@code kafka.*}, which is meant for the own
         * broker, goes to a peer. What makes the reader what it is can not be set: it joins no group, commits nothing and skips nothing.
         */
        Map<String, String> kafka();
    }
}

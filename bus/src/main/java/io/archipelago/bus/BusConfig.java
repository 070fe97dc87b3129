package io.archipelago.bus;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Who this process is on the bus, and how patient the bus is. */
@ConfigMapping(prefix = "bus")
public interface BusConfig {

    /** The short id of this site, e.g. {@code tokyo}. */
    String site();

    /** The short name of this service, e.g. {@code placement}; by default the application's name. */
    @WithDefault("${quarkus.application.name}")
    String service();

    /** How often a transaction is tried again after a deadlock, a serialization failure or a lost race, before it fails. */
    @WithDefault("8")
    int transactionRetries();

    /** The shortest and the longest pause between two tries of something that waits for the database or the broker. */
    Backoff backoff();

    /** The outbox relay. */
    Relay relay();

    /** The memory of the inbox. */
    Inbox inbox();

    /** Work that is due at a time. */
    Due due();

    /** Settings of due work. */
    interface Due {
        /** How often to look for rows that are due. */
        @WithDefault("500ms")
        Duration interval();

        /**
         * How long a row may take. One that takes longer is not undone, but nothing else waits for it any more: whoever answers never would otherwise stop all
         * that is due later.
         */
        @WithDefault("2m")
        Duration patience();
    }

    /** Pauses between tries; each is drawn at random below twice the one before. */
    interface Backoff {
        /** The first pause. */
        @WithDefault("100ms")
        Duration initial();

        /** No pause is longer. */
        @WithDefault("5s")
        Duration max();
    }

    /** Settings of the outbox relay. */
    interface Relay {
        /** Whether this process relays at all; off in tests that run a relay of their own. */
        @WithDefault("true")
        boolean enabled();

        /** How long a row may wait when every wake-up call was lost, and how often a standby tries to become active. */
        @WithDefault("1s")
        Duration poll();

        /**
         * How long the database may take to answer the active relay before it gives up its turn. Less than the time in which the server
         * gives up a silent client (11 s, by the keep-alive settings of our connections): two relays would send at once otherwise.
         */
        @WithDefault("8s")
        Duration patience();

        /**
         * How many rows may be on their way at once, not counting those that the broker did not take: of them as many again are kept, and one
         * for each topic.
         */
        @WithDefault("1000")
        int window();
    }

    /** Settings of the inbox. */
    interface Inbox {
        /** How long the id of an applied message is remembered; longer than any topic keeps messages. */
        @WithDefault("P8D")
        Duration memory();

        /**
         * How often a single message is tried, each time with {@link BusConfig#transactionRetries} and after a longer pause, while it loses
         * races with other transactions; then it is parked. By default about two minutes, in which nothing behind it is applied.
         */
        @WithDefault("40")
        int raceTries();
    }
}

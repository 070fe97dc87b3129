package io.archipelago.reservation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What a tenant may ask for, and how long things may take. */
@ConfigMapping(prefix = "reservation")
public interface ReservationConfig {

    /** The most that one cluster may be. */
    Limits limits();

    /** The most that the reservations of one tenant may be together. */
    Quotas quotas();

    /** Deadlines; see docs/deadlines.md. */
    Deadlines deadlines();

    /** Counter-offers for what is refused. */
    Offers offers();

    /** Answers to who only asks whether something could be had. */
    Previews previews();

    /** How long an idempotency key is remembered. */
    @WithDefault("P1D")
    Duration rememberKeys();

    /**
     * How much a start in the past is taken for now. Longer than the command line asks again while this service is away (Patience, two
     * minutes): it resolves a start of {@code now} once, before the first attempt.
     */
    @WithDefault("PT3M")
    Duration startTolerance();

    /**
     * After what time a share that is given back and not yet gone counts in {@code reservation.releases.long}, and is named in the log as a
     * warning, once.
     */
    @WithDefault("PT15M")
    Duration releaseLongAfter();

    /** Those who watch a reservation. */
    Watch watch();

    /** Those who watch a reservation. */
    interface Watch {
        /** How often each looks whether it has changed. */
        @WithDefault("PT1S")
        Duration every();

        /** After what time without a change it is told that the connection lives. */
        @WithDefault("PT15S")
        Duration heartbeat();

        /** How long one connection lasts at most; it ends sooner if the sign-on runs out. */
        @WithDefault("PT10M")
        Duration atMost();

        /** How many connections the users of one tenant may have open to an instance of this service, at least 1; operators without a tenant: together. */
        @WithDefault("50")
        int perTenant();

        /**
         * How many connections an instance of this service serves, at least 1. Each reads one row as often as {@link #every} says: that is the load on
         * the database.
         */
        @WithDefault("500")
        int inAll();
    }

    /** The most that one cluster may be. */
    interface Limits {
        /** Compute machines. */
        @WithDefault("1000")
        int machines();

        /** Virtual processors of one machine. */
        @WithDefault("128")
        int cpus();

        /** Memory of one machine, in GiB. */
        @WithDefault("1024")
        int memoryGib();

        /** Disk of one machine, in GiB. */
        @WithDefault("4096")
        int diskGib();

        /** Virtual processors of all machines of a cluster, the frontend among them. */
        @WithDefault("32000")
        int cpusInAll();

        /** Memory of all machines of a cluster, the frontend among them, in GiB. */
        @WithDefault("128000")
        int memoryGibInAll();

        /** Disks of all machines of a cluster, the frontend among them, in GiB. */
        @WithDefault("250000")
        int diskGibInAll();

        /** From start to end. */
        @WithDefault("P31D")
        Duration duration();

        /** From now to start. */
        @WithDefault("P366D")
        Duration ahead();

        /** Windows of a series. */
        @WithDefault("53")
        int occurrences();
    }

    /** The most that the reservations of one tenant may be together. */
    interface Quotas {
        /** Machines at any instant, frontends among them. */
        @WithDefault("2000")
        int machines();

        /** Hours of all machines in a calendar month, UTC. */
        @WithDefault("750000")
        long machineHours();

        /** Disks of all machines at any instant, in GiB. */
        @WithDefault("100000")
        long volumeGib();

        /** Reservations that are not over; the offers to one that was refused count as one. */
        @WithDefault("1000")
        int reservations();

        /** For some tenants, by their ids; what is not given is as for all. */
        Map<String, OfTenant> tenants();

        /** The same for one tenant. */
        interface OfTenant {
            Optional<Integer> machines();

            Optional<Long> machineHours();

            Optional<Long> volumeGib();

            Optional<Integer> reservations();

            /** From now to start, if less than {@link Limits#ahead()}; what has its start may keep it. */
            Optional<Duration> ahead();
        }
    }

    /** Counter-offers for what is refused. */
    interface Offers {
        /** How many are made for one request, 0 to 4; 0: none. */
        @WithDefault("3")
        int atMost();

        /** How long a tenant has to accept one. For so long its sites have the less for others who ask. */
        @WithDefault("PT10M")
        Duration holdFor();
    }

    /** Answers to who only asks whether something could be had. */
    interface Previews {
        /** How long an answer waits for the sites, 0 or more; after that it says where more will be known. */
        @WithDefault("PT5S")
        Duration waitFor();

        /** Within what time a site that is asked answers, or counts as silent; more than three times {@link Deadlines#margin()}. */
        @WithDefault("PT40S")
        Duration sitesAnswerWithin();

        /** How many of a tenant's questions may wait for sites at a time, at least 1. */
        @WithDefault("10")
        int perTenant();

        /** How long an answer is kept after the last that was heard of it; longer than sites may be asked for, which is eight minutes unless set otherwise. */
        @WithDefault("PT15M")
        Duration keepFor();
    }

    /** Deadlines. */
    interface Deadlines {
        /** How long a site holds what it was asked for. Longer than it takes to start a service anew: a request outlives its death. */
        @WithDefault("PT3M")
        Duration holdFor();

        /** How long before a hold runs out the master gives up. */
        @WithDefault("PT10S")
        Duration margin();

        /** After what time without an answer a command is asked again, at first; doubled each time. */
        @WithDefault("PT5S")
        Duration askAgain();

        /** The longest such time. */
        @WithDefault("PT60S")
        Duration askAgainAtMost();

        /** How long before its window a cluster is deployed; no participant begins before what it has booked, see {@code participant.lead}. */
        @WithDefault("PT2M")
        Duration lead();

        /** After what time a cluster that is not complete is called degraded. */
        @WithDefault("PT10M")
        Duration deployWithin();

        /** After what time it is tried again to replace machines of dead hosts, when there was no room for others. */
        @WithDefault("PT1M")
        Duration replaceAgain();

        /** How many plans are tried before a request is refused, at least 1. */
        @WithDefault("6")
        int attempts();
    }
}

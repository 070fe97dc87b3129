package io.archipelago.participant;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** A site's figures for booking; the same for all participants of a site. */
@ConfigMapping(prefix = "participant")
public interface ParticipantConfig {

    /** Time for deploying, booked before every window. */
    @WithDefault("PT2M")
    Duration lead();

    /** Time for cleaning, booked after every window. */
    @WithDefault("PT2M")
    Duration turnRound();

    /** How long after a lease's end an agent that hears nothing lets its machines run. */
    @WithDefault("PT5M")
    Duration grace();

    /** How often a part that waits for what an earlier booking left or for a host, or a host that is being cut off, is looked at again. */
    @WithDefault("PT2S")
    Duration lookAgain();

    /** How often changes on hosts that do not alter the progress of a part are told. */
    @WithDefault("PT0.5S")
    Duration tellEvery();

    /** How long a host must be silent to be called lost: it takes no bookings then, and is cut off from its disks. */
    @WithDefault("PT60S")
    Duration lostAfter();

    /** How long before it begins what is booked of a lost host is moved to another one; until then the host may be back. */
    @WithDefault("PT1H")
    Duration moveBefore();

    /** How often another place is looked for again for what can not stay where it is booked. */
    @WithDefault("PT5M")
    Duration moveAgain();

    /** How often it is repeated that a host is dead, as long as it is silent. */
    @WithDefault("PT60S")
    Duration sayAgain();

    /** How long a host's record of what is wanted may differ from ours before everything is published again. */
    @WithDefault("PT10S")
    Duration republishAfter();
}

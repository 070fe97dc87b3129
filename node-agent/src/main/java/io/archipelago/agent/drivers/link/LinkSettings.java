package io.archipelago.agent.drivers.link;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway treats its links.
 *
 * @param keys the directory for the gateway's own keys, which has to last
 * @param records the directory for what is there of links, which has to go with the power, such as {@code /run/archipelago/links}
 * @param lastingRecords the same for what an appliance holds of them, which has to last
 * @param scripts the directory of the scripts for an appliance; null: the gateway has none
 * @param watchEvery between two looks at whether a link still carries frames
 * @param silence how long the other end of one that did may not answer before it counts as broken
 * @param reopenAfter how long it may stay so before it is closed and opened again
 * @param measureEvery between two measurements of what path and link carry
 */
public record LinkSettings(
        Path keys,
        Path records,
        Path lastingRecords,
        @Nullable Path scripts,
        Duration watchEvery,
        Duration silence,
        Duration reopenAfter,
        Duration measureEvery) {

    /** What suits most: a look every 5 s, 15 s of silence, opened again after 60 s, measured every 15 minutes. */
    public static LinkSettings of(Path keys, Path records, Path lastingRecords, @Nullable Path scripts) {
        return new LinkSettings(
                keys,
                records,
                lastingRecords,
                scripts,
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofMinutes(15));
    }
}

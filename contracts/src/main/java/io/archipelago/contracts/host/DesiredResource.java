package io.archipelago.contracts.host;

import io.archipelago.contracts.Message;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What should be on a host, on {@code host.<host>.desired.v1} under the resource's key. A lower generation than one seen is ignored.
 *
 * @param key the resource
 * @param generation rises with every change of the specification; never falls, also if the id comes back
 * @param absent whether it should be gone; the specification then tells what there is to remove
 * @param notAfter when an agent stops it by itself, should it hear nothing more; null: never
 * @param spec what it should be like
 */
public record DesiredResource(
        ResourceKey key,
        long generation,
        boolean absent,
        @Nullable Instant notAfter,
        ResourceSpec spec) implements Message {}

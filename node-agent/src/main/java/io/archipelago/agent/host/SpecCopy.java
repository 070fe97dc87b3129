package io.archipelago.agent.host;

import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.ResourceKey;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What an agent keeps over its own restart, for a start without a broker.
 *
 * @param specs the last specifications that it knew
 * @param running the machines that it last saw running
 * @param orphans the resources that it reported and nobody desired
 * @param past the generations of what its owner was done with lately
 */
public record SpecCopy(
        List<DesiredResource> specs, Set<ResourceKey> running, Set<ResourceKey> orphans, List<Past> past) {

    /** What an agent has that never ran before. */
    public static final SpecCopy EMPTY = new SpecCopy(List.of(), Set.of(), Set.of(), List.of());

    public SpecCopy {
        specs = List.copyOf(specs);
        running = Set.copyOf(running);
        orphans = Set.copyOf(orphans);
        past = past == null ? List.of() : List.copyOf(past);
    }

    /**
     * A resource that its owner is done with.
     *
     * @param key which
     * @param generation the last
     * @param since since when
     */
    public record Past(ResourceKey key, long generation, Instant since) {}

    /** Where the copy is kept. */
    @FunctionalInterface
    public interface Keeper {
        /**
         * Writes the copy so that it survives a power cut.
         *
         * @throws java.io.UncheckedIOException if it can not be written; nothing is reported then
         */
        void keep(SpecCopy copy);
    }
}

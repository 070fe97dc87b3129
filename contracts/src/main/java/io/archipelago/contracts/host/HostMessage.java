package io.archipelago.contracts.host;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Message;
import io.archipelago.contracts.Participant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an agent says of its host, on {@code host.<host>.observed.v1}. Of two messages on one key the one with the higher (epoch,
 * counter) is newer.
 */
public sealed interface HostMessage extends Message {

    HostId host();

    /** Rises with every start of the agent. */
    long epoch();

    /** Rises with every message of an epoch. */
    long counter();

    /**
     * A resource as it is seen. Key: the resource's.
     *
     * @param host the host
     * @param epoch see {@link HostMessage#epoch()}
     * @param counter see {@link HostMessage#counter()}
     * @param key the resource
     * @param generation the generation that the phase speaks of; 0 if nobody desires it (an orphan)
     * @param phase what is seen
     * @param reason a sentence if it is not ready, else empty
     * @param details figures and names for operators; of what nobody desires {@code generation}: the highest that its agent knew of it
     * @param machineId see {@link Inventory#machineId()}
     */
    record ResourceObserved(
            HostId host,
            long epoch,
            long counter,
            ResourceKey key,
            long generation,
            Phase phase,
            String reason,
            Map<String, String> details,
            String machineId)
            implements HostMessage {
        public ResourceObserved {
            details = Map.copyOf(details);
        }
    }

    /**
     * The host lives. Key: {@code host/<host>}.
     *
     * @param host the host
     * @param epoch see {@link HostMessage#epoch()}
     * @param counter see {@link HostMessage#counter()}
     * @param at when it was said, by the host's clock
     * @param every how often it is said
     * @param inventory what the host has
     * @param digests for each participant, {@link SpecDigest} of the specifications that the agent knows
     * @param leftovers how many things of ours are on the host although they are to be gone or nobody desires them; a kind that the agent
     *     can not look at counts as one
     */
    record HostHeartbeat(
            HostId host,
            long epoch,
            long counter,
            Instant at,
            Duration every,
            Inventory inventory,
            Map<Participant, String> digests,
            int leftovers)
            implements HostMessage {
        public HostHeartbeat {
            digests = Map.copyOf(digests);
        }
    }

    /**
     * What a host has.
     *
     * @param machineId tells this host from another of the same name
     * @param roles what it is for
     * @param cpus processors for machines; 0 unless COMPUTE
     * @param memoryBytes memory for machines; 0 unless COMPUTE
     * @param pools volume groups by name, with the bytes that volumes of ours may take; empty unless STORAGE
     * @param storageAddress the address and port at which it serves volumes; empty unless STORAGE
     * @param cacheBytes space for package caches; 0 unless GATEWAY
     * @param wanAddress where other sites reach it; empty unless GATEWAY
     * @param links how it can join the ends of a link, each with the key that it proves itself with there, which may be empty; empty
     *     unless GATEWAY
     * @param sealingKey the public key that secrets are sealed to, base64 of its X.509 form
     * @param versions of the agent and of its drivers
     * @param details figures and names for operators
     * @param problems what keeps the host from its roles, each a sentence with what to do
     */
    record Inventory(
            String machineId,
            Set<HostRole> roles,
            int cpus,
            long memoryBytes,
            Map<String, Long> pools,
            String storageAddress,
            long cacheBytes,
            String wanAddress,
            Map<LinkDriver, String> links,
            String sealingKey,
            Map<String, String> versions,
            Map<String, String> details,
            List<String> problems) {
        public Inventory {
            roles = Set.copyOf(roles);
            pools = Map.copyOf(pools);
            links = Map.copyOf(links);
            versions = Map.copyOf(versions);
            details = Map.copyOf(details);
            problems = List.copyOf(problems);
        }

        /** The same with one more problem. */
        public Inventory with(String problem) {
            return new Inventory(
                    machineId,
                    roles,
                    cpus,
                    memoryBytes,
                    pools,
                    storageAddress,
                    cacheBytes,
                    wanAddress,
                    links,
                    sealingKey,
                    versions,
                    details,
                    Stream.concat(problems.stream(), Stream.of(problem)).toList());
        }
    }

    /** What a host is for. */
    enum HostRole {
        COMPUTE,
        GATEWAY,
        STORAGE
    }
}

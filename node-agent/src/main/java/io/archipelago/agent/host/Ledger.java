package io.archipelago.agent.host;

import io.archipelago.contracts.Participant;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.SpecDigest;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The specification of the highest generation that was seen of each key. */
final class Ledger {

    /** The kinds that an agent stops by itself when their time has passed: none that holds data. */
    private static final Set<ResourceKind> EXPIRING =
            EnumSet.of(ResourceKind.MACHINE, ResourceKind.SEGMENT, ResourceKind.LINK);

    private final SortedMap<ResourceKey, DesiredResource> specs = new TreeMap<>();
    private final Set<ResourceKey> heard = new HashSet<>();

    Ledger(List<DesiredResource> copy) {
        copy.forEach(spec -> specs.put(spec.key(), spec));
    }

    /** Takes a specification as it comes from the topic; false if nothing changes by it. */
    boolean accept(DesiredResource spec) {
        heard.add(spec.key());
        DesiredResource known = specs.get(spec.key());
        if (known != null && (known.generation() > spec.generation() || known.equals(spec))) {
            return false;
        }
        specs.put(spec.key(), spec);
        return true;
    }

    /** Takes a tombstone; false if the key was not known. */
    boolean forget(ResourceKey key) {
        heard.remove(key);
        return specs.remove(key) != null;
    }

    /** Forgets what only the copy knew: its tombstone came, and was compacted away, while the agent was down. */
    boolean forgetUnheard() {
        return specs.keySet().retainAll(heard);
    }

    Collection<DesiredResource> all() {
        return specs.values();
    }

    @Nullable
    DesiredResource get(ResourceKey key) {
        return specs.get(key);
    }

    boolean knows(ResourceKey key) {
        return specs.containsKey(key);
    }

    /** The specifications of one kind, for comparing. */
    Map<ResourceKey, ResourceSpec> specs(ResourceKind kind) {
        Map<ResourceKey, ResourceSpec> found = new HashMap<>();
        specs.forEach((key, desired) -> {
            if (key.kind() == kind) {
                found.put(key, desired.spec());
            }
        });
        return found;
    }

    Map<Participant, String> digests() {
        Map<Participant, String> digests = new EnumMap<>(Participant.class);
        for (Participant participant : Participant.values()) {
            Map<ResourceKey, Long> generations = new HashMap<>();
            specs.forEach((key, spec) -> {
                if (key.kind().owner() == participant) {
                    generations.put(key, spec.generation());
                }
            });
            digests.put(participant, SpecDigest.of(generations));
        }
        return digests;
    }

    /** Whether the agent must stop it by itself. */
    static boolean expired(DesiredResource spec, Instant now) {
        Instant notAfter = spec.notAfter();
        return notAfter != null && EXPIRING.contains(spec.key().kind()) && !now.isBefore(notAfter);
    }

    /** When the next specification expires; null if none does. */
    @Nullable
    Instant nextExpiry(Instant now) {
        Instant next = null;
        for (DesiredResource spec : specs.values()) {
            Instant notAfter = spec.notAfter();
            if (notAfter == null
                    || spec.absent()
                    || !EXPIRING.contains(spec.key().kind())
                    || !now.isBefore(notAfter)) {
                continue;
            }
            if (next == null || notAfter.isBefore(next)) {
                next = notAfter;
            }
        }
        return next;
    }
}

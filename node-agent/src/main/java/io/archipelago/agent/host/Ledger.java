package io.archipelago.agent.host;

import io.archipelago.agent.host.SpecCopy.Past;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.SpecDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The specification of the highest generation that was seen of each key; for a while also the generation of what was forgotten. */
final class Ledger {

    /** The kinds that an agent stops by itself when their time has passed: none that holds data. */
    private static final Set<ResourceKind> EXPIRING =
            EnumSet.of(ResourceKind.MACHINE, ResourceKind.SEGMENT, ResourceKind.LINK);

    /** Longer than any message may be late. */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    private final Map<ResourceKey, DesiredResource> specs = new LinkedHashMap<>();
    private final Map<ResourceKind, Map<ResourceKey, ResourceSpec>> byKind = new EnumMap<>(ResourceKind.class);
    private final Set<ResourceKey> heard = new HashSet<>();
    private @Nullable Map<Participant, String> digests;

    /** Of what was forgotten the last generation, and since when: from the first look after it. */
    private final Map<ResourceKey, Past> past = new LinkedHashMap<>();

    private final Map<ResourceKey, Long> forgotten = new LinkedHashMap<>();

    Ledger(SpecCopy copy) {
        for (ResourceKind kind : ResourceKind.values()) {
            byKind.put(kind, new LinkedHashMap<>());
        }
        copy.specs().forEach(this::put);
        copy.past().forEach(each -> past.put(each.key(), each));
    }

    /** Takes a specification as it comes from the topic; false if nothing changes by it. */
    boolean accept(DesiredResource spec) {
        heard.add(spec.key());
        DesiredResource known = specs.get(spec.key());
        if (known != null && (known.generation() > spec.generation() || known.equals(spec))) {
            return false;
        }
        if (lastGeneration(spec.key()) > spec.generation()) {
            return false;
        }
        past.remove(spec.key());
        forgotten.remove(spec.key());
        put(spec);
        return true;
    }

    /** The last generation of what its owner is done with; 0 if that was never known, or long ago. */
    long lastGeneration(ResourceKey key) {
        Past before = past.get(key);
        return Math.max(before == null ? 0 : before.generation(), forgotten.getOrDefault(key, 0L));
    }

    /** Notes when something was forgotten, and no longer remembers what was so long ago; false if nothing changes by it. */
    boolean age(Instant now) {
        boolean changed = past.values().removeIf(each -> each.since().isBefore(now.minus(REMEMBERED)));
        for (Map.Entry<ResourceKey, Long> each : forgotten.entrySet()) {
            past.put(each.getKey(), new Past(each.getKey(), each.getValue(), now));
            changed = true;
        }
        forgotten.clear();
        return changed;
    }

    Collection<Past> past() {
        return past.values();
    }

    /** Takes a tombstone; false if the key was not known. */
    boolean forget(ResourceKey key) {
        heard.remove(key);
        DesiredResource known = specs.remove(key);
        if (known == null) {
            return false;
        }
        forgotten.put(key, known.generation());
        ofKind(key.kind()).remove(key);
        digests = null;
        return true;
    }

    /** Forgets what only the copy knew: its tombstone came, and was compacted away, while the agent was down. */
    boolean forgetUnheard() {
        List<ResourceKey> unheard =
                specs.keySet().stream().filter(key -> !heard.contains(key)).toList();
        unheard.forEach(this::forget);
        return !unheard.isEmpty();
    }

    private void put(DesiredResource spec) {
        specs.put(spec.key(), spec);
        ofKind(spec.key().kind()).put(spec.key(), spec.spec());
        digests = null;
    }

    private Map<ResourceKey, ResourceSpec> ofKind(ResourceKind kind) {
        return Objects.requireNonNull(byKind.get(kind), "every kind has a map");
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
        return ofKind(kind);
    }

    /** For each owner the digest of its specifications. */
    Map<Participant, String> digests() {
        Map<Participant, String> known = digests;
        if (known != null) {
            return known;
        }
        Map<Participant, String> made = new EnumMap<>(Participant.class);
        for (Participant participant : Participant.values()) {
            Map<ResourceKey, Long> generations = new HashMap<>();
            specs.forEach((key, spec) -> {
                if (key.kind().owner() == participant) {
                    generations.put(key, spec.generation());
                }
            });
            made.put(participant, SpecDigest.of(generations));
        }
        digests = made;
        return made;
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

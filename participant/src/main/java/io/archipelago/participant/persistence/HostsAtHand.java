package io.archipelago.participant.persistence;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.participant.persistence.HostStore.Witness;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one transaction has read about hosts, for all the messages that it handles. */
final class HostsAtHand {

    /** A host's own machine, as far as we know. */
    record Machine(String id, boolean dead) {}

    private record Thing(HostId host, ResourceKey key) {}

    private final Map<HostId, Optional<HostRow>> rows = new HashMap<>();
    private final Map<HostId, Map<ResourceKey, Long>> generations = new HashMap<>();
    private final Map<HostId, Optional<Machine>> machines = new HashMap<>();
    private final Map<Thing, Boolean> known = new HashMap<>();

    /** Takes the locked rows of some hosts, of some of which there may be none. */
    void rows(Collection<HostId> hosts, Collection<HostRow> found) {
        hosts.forEach(host -> rows.put(host, Optional.empty()));
        found.forEach(row -> rows.put(new HostId(row.id), Optional.of(row)));
    }

    /** A host's row, or that there is none; empty if it was not read. */
    Optional<Optional<HostRow>> row(HostId host) {
        return Optional.ofNullable(rows.get(host));
    }

    /** Takes the generations of some hosts, of some of which there may be none. */
    void generations(Collection<HostId> hosts, Map<HostId, Map<ResourceKey, Long>> found) {
        hosts.forEach(host -> generations.put(host, found.getOrDefault(host, Map.of())));
    }

    Optional<Map<ResourceKey, Long>> generations(HostId host) {
        return Optional.ofNullable(generations.get(host));
    }

    /** Takes a host's machine; null: there is no such host. */
    void machine(HostId host, @Nullable Machine machine) {
        machines.put(host, Optional.ofNullable(machine));
    }

    void known(HostId host, ResourceKey key, boolean isKnown) {
        known.put(new Thing(host, key), isKnown);
    }

    /** What is known of an observation and of who says it; empty if it was not read. */
    Optional<Witness> witness(ResourceObserved observed) {
        Boolean isKnown = known.get(new Thing(observed.host(), observed.key()));
        Optional<Machine> machine = machines.get(observed.host());
        return isKnown == null || machine == null
                ? Optional.empty()
                : Optional.of(new Witness(isKnown, believed(machine, observed.machineId())));
    }

    private static boolean believed(Optional<Machine> own, String speaker) {
        return own.map(machine -> machine.dead() || machine.id().equals(speaker))
                .orElse(true);
    }
}

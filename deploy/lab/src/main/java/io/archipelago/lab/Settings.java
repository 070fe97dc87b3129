package io.archipelago.lab;

import java.util.List;
import java.util.Set;

/**
 * What may differ from lab to lab.
 *
 * @param name of its network namespace, and what its network interfaces outside of it begin with; 1 to 9 lower-case letters, digits and
 *     hyphens. Default {@code vc-lab}
 * @param hosts the names of those that are built; all when empty, as by default
 * @param diskBytes the size of a storage host's disk, of which the machine gives only what was written; at least 256 MiB, default 4 GiB
 */
public record Settings(String name, Set<String> hosts, long diskBytes) {

    private static final long SMALLEST_DISK = 256L << 20;

    public Settings {
        if (!name.matches("[a-z][a-z0-9-]{0,8}")) {
            throw new IllegalArgumentException("not a name for a lab: " + name);
        }
        if (diskBytes < SMALLEST_DISK) {
            throw new IllegalArgumentException(
                    "a disk has at least %d bytes, not %d".formatted(SMALLEST_DISK, diskBytes));
        }
        hosts = Set.copyOf(hosts);
    }

    public static Settings standard() {
        return new Settings("vc-lab", Set.of(), 4L << 30);
    }

    /** These hosts alone, which are up sooner. */
    public Settings only(String... names) {
        return new Settings(name, Set.of(names), diskBytes);
    }

    /** @throws IllegalArgumentException if there is no such host */
    List<HostPlan> plan() {
        List<HostPlan> all = Topology.hosts();
        for (String host : hosts) {
            if (all.stream().noneMatch(plan -> plan.name().equals(host))) {
                throw new IllegalArgumentException("the lab has no host " + host + "; it has "
                        + String.join(", ", all.stream().map(HostPlan::name).toList()));
            }
        }
        return all.stream()
                .filter(plan -> hosts.isEmpty() || hosts.contains(plan.name()))
                .toList();
    }
}

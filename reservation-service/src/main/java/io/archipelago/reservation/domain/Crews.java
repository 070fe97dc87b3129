package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The compute machines of a cluster that is to have more or fewer of them: which go, and which of its sites get how many more. Nothing of it is by chance.
 *
 * @param shares those of the cluster's sites, by site
 */
record Crews(Map<SiteId, Share> shares) {

    Crews {
        shares = new TreeMap<>(shares);
    }

    int size() {
        return shares.keySet().stream().mapToInt(this::at).sum();
    }

    /** How many compute machines a site gives. */
    int at(SiteId site) {
        return computes(share(site)).size();
    }

    private Share share(SiteId site) {
        return Objects.requireNonNull(shares.get(site), "a site of the cluster");
    }

    /** The ordinals of a share's compute machines. */
    private static List<Integer> computes(Share share) {
        return group(share.spec()).map(MachineGroup::ordinals).orElse(List.of());
    }

    private static Optional<MachineGroup> group(AllocationSpec spec) {
        return spec.groups().stream()
                .filter(group -> group.role() == MachineRole.COMPUTE)
                .findFirst();
    }

    /** Where machines are, by their host names; of a name that none has, nothing is said. */
    Map<SiteId, Set<Integer>> find(Collection<String> names) {
        Map<SiteId, Set<Integer>> found = new TreeMap<>();
        shares.forEach((site, share) -> {
            ClusterAddressing addressing =
                    ClusterAddressing.of(share.spec().network(), share.id().reservation());
            for (int ordinal : computes(share)) {
                if (names.contains(addressing.hostName(share.spec().siteNumber(), ordinal))) {
                    found.computeIfAbsent(site, none -> new TreeSet<>()).add(ordinal);
                }
            }
        });
        return found;
    }

    /** Those that go, and so many more: the last ones of the site that would then have most. */
    Map<SiteId, Set<Integer>> leaving(Map<SiteId, Set<Integer>> named, int more) {
        Map<SiteId, Set<Integer>> leaving = new HashMap<>();
        named.forEach((site, ordinals) -> leaving.put(site, new HashSet<>(ordinals)));
        for (int i = 0; i < more; i++) {
            SiteId site = shares.keySet().stream()
                    .max(Comparator.comparingInt((SiteId s) -> left(s, leaving)).thenComparing(s -> s))
                    .orElseThrow();
            List<Integer> left = new ArrayList<>(computes(share(site)));
            left.removeAll(leaving.getOrDefault(site, Set.of()));
            leaving.computeIfAbsent(site, none -> new HashSet<>()).add(left.getLast());
        }
        return leaving;
    }

    private int left(SiteId site, Map<SiteId, Set<Integer>> leaving) {
        return at(site) - leaving.getOrDefault(site, Set.of()).size();
    }

    /**
     * How many machines more each site is to give: one at first where all go, then as many as it can the one that has most, then the next.
     *
     * @param leaving those that go
     * @param most see {@link Change.Asked#most()}
     * @return empty if all together can not give so many
     */
    Optional<Map<SiteId, Integer>> coming(int more, Map<SiteId, Set<Integer>> leaving, Map<SiteId, Integer> most) {
        Map<SiteId, Integer> coming = new TreeMap<>();
        int left = more;
        for (SiteId site : shares.keySet()) {
            if (left > 0 && at(site) > 0 && left(site, leaving) == 0 && most.getOrDefault(site, 1) > 0) {
                coming.put(site, 1);
                left--;
            }
        }
        List<SiteId> order = shares.keySet().stream()
                .sorted(Comparator.comparingInt((SiteId s) -> -at(s)).thenComparing(s -> s))
                .toList();
        for (SiteId site : order) {
            int already = coming.getOrDefault(site, 0);
            int here = Math.min(left, most.getOrDefault(site, Integer.MAX_VALUE) - already);
            coming.put(site, already + here);
            left -= here;
        }
        return left == 0 ? Optional.of(coming) : Optional.empty();
    }

    /**
     * What a share is to be; empty if it would have no compute machine any more, though it has some.
     *
     * @param like what its first compute machines are to be like
     */
    Optional<AllocationSpec> spec(SiteId site, Request like, Set<Integer> leaving, int coming) {
        AllocationSpec spec = share(site).spec();
        Optional<MachineGroup> group = group(spec);
        List<MachineGroup> groups = new ArrayList<>(spec.groups());
        if (group.isPresent()) {
            MachineGroup all = group.get().plus(coming);
            if (leaving.containsAll(all.ordinals())) {
                return Optional.empty();
            }
            groups.replaceAll(g -> g.equals(group.get()) ? all.without(leaving) : g);
        } else if (coming > 0) {
            groups.add(Plans.group(like.compute(), 1, coming));
        }
        return Optional.of(spec.with(like.window()).with(groups));
    }
}

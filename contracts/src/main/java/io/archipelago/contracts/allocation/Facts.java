package io.archipelago.contracts.allocation;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.WanWords;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What participants chose when they held, which the others need to know to act. */
public final class Facts {

    private Facts() {}

    /** What one participant chose. */
    public sealed interface Chosen {}

    /**
     * Placement's choice.
     *
     * @param hosts the host of each machine, by the machine's ordinal
     */
    public record Hosts(Map<Integer, HostId> hosts) implements Chosen {
        public Hosts {
            hosts = Map.copyOf(hosts);
        }

        /** The choice for some of the machines. */
        public Hosts only(Set<Integer> ordinals) {
            Map<Integer, HostId> some = new HashMap<>(hosts);
            some.keySet().retainAll(ordinals);
            return new Hosts(some);
        }
    }

    /**
     * The network's choice.
     *
     * @param vlan the segment's VLAN id at this site, 1 to 4094
     * @param gateway the host that carries the segment's gateway
     * @param endpoint where this site's end of the cluster's links is reached from other sites
     * @param mtu the largest frame's payload that the segment carries within this site, in bytes
     * @param wan what was booked of the WAN for the link to each peer, in bits per second; null: nothing was
     */
    public record Segment(
            int vlan,
            HostId gateway,
            Endpoint endpoint,
            int mtu,
            @Nullable Map<SiteId, Long> wan) implements Chosen {
        public Segment {
            wan = wan == null || wan.isEmpty() ? null : Map.copyOf(wan);
        }

        /** For which nothing was booked of the WAN. */
        public Segment(int vlan, HostId gateway, Endpoint endpoint, int mtu) {
            this(vlan, gateway, endpoint, mtu, null);
        }

        /** What was booked for the links, in bits per second, by peer. */
        public Map<SiteId, Long> booked() {
            return wan == null ? Map.of() : wan;
        }
    }

    /**
     * Storage's choice.
     *
     * @param host the storage host
     * @param pool the volume group on it
     * @param portal the address and port at which it serves volumes
     */
    public record Pool(HostId host, String pool, String portal) implements Chosen {}

    /**
     * The cache's choice.
     *
     * @param gateway the gateway that it stands on; null at the master, which needs none
     * @param bytes the space booked for it
     */
    public record Cache(@Nullable HostId gateway, long bytes) implements Chosen {}

    /**
     * Where a gateway takes the cluster's links.
     *
     * @param address the gateway's address on the WAN
     * @param port 1 to 65535, this cluster's alone throughout the window
     * @param offers how it can join the ends of a link, what the site likes best first
     */
    public record Endpoint(String address, int port, List<LinkOffer> offers) {
        public Endpoint {
            WanWords.address(address);
            WanWords.port(port);
            offers = List.copyOf(offers);
        }

        /**
         * How a link between the master's gateway and a worker's is joined: as the master likes best among what both can. Nothing if
         * there is no such way.
         */
        public static Optional<LinkDriver> agreed(Endpoint master, Endpoint worker) {
            return master.offers.stream()
                    .map(LinkOffer::driver)
                    .filter(driver -> worker.offer(driver).isPresent())
                    .findFirst();
        }

        public Optional<LinkOffer> offer(LinkDriver driver) {
            return offers.stream().filter(o -> o.driver() == driver).findFirst();
        }
    }

    /**
     * One way in which a gateway can join the ends of a link.
     *
     * @param driver the way
     * @param key what the gateway proves itself with; empty if the driver needs none
     * @param mtu the largest frame's payload that such a link carries from this gateway, in bytes
     */
    public record LinkOffer(LinkDriver driver, String key, int mtu) {
        public LinkOffer {
            WanWords.key(key);
        }
    }

    /**
     * What is known so far at one site. It does not leave the site.
     *
     * @param hosts placement's choice, null until it holds
     * @param segment the network's choice, null until it holds
     * @param pool storage's choice, null until it holds
     * @param cache the cache's choice, null until it holds
     */
    public record OfSite(
            @Nullable Hosts hosts,
            @Nullable Segment segment,
            @Nullable Pool pool,
            @Nullable Cache cache) {

        public static OfSite unknown() {
            return new OfSite(null, null, null, null);
        }

        /** These facts, of some of the machines. */
        public OfSite onlyOf(Set<Integer> ordinals) {
            return hosts == null ? this : with(hosts.only(ordinals));
        }

        /** What one participant chose; null until it holds. */
        public @Nullable Chosen of(Participant participant) {
            return switch (participant) {
                case PLACEMENT -> hosts;
                case NETWORK -> segment;
                case STORAGE -> pool;
                case CACHE -> cache;
            };
        }

        /** Whether this is what its participant chose. */
        public boolean knows(Chosen chosen) {
            return equals(with(chosen));
        }

        /** These facts with one more. */
        public OfSite with(Chosen chosen) {
            return switch (chosen) {
                case Hosts h -> new OfSite(h, segment, pool, cache);
                case Segment s -> new OfSite(hosts, s, pool, cache);
                case Pool p -> new OfSite(hosts, segment, p, cache);
                case Cache c -> new OfSite(hosts, segment, pool, c);
            };
        }
    }

    /**
     * What other sites may know of a site's share.
     *
     * @param site the site
     * @param siteNumber its number
     * @param groups the machines that it gives
     * @param vlan its segment's VLAN id, which means nothing elsewhere and is told to the tenant
     * @param endpoint where its end of the links is reached
     * @param mtu what its segment carries
     */
    public record Shared(SiteId site, int siteNumber, List<MachineGroup> groups, int vlan, Endpoint endpoint, int mtu) {
        public Shared {
            groups = List.copyOf(groups);
        }
    }

    /**
     * The merged facts of a whole cluster, known at confirm; from then on each site can act alone.
     *
     * @param sites every site of the cluster, the master first
     * @param mtu the cluster's MTU: what every segment and every link carries
     */
    public record OfCluster(List<Shared> sites, int mtu) {
        public OfCluster {
            sites = List.copyOf(sites);
        }

        /** The facts of a cluster of these sites, the master first, whose links were all agreed on. */
        public static OfCluster of(List<Shared> sites) {
            Shared master = sites.getFirst();
            int mtu = sites.stream()
                    .flatMapToInt(site -> IntStream.concat(IntStream.of(site.mtu()), linkMtus(master, site)))
                    .min()
                    .orElseThrow();
            return new OfCluster(sites, mtu);
        }

        private static IntStream linkMtus(Shared master, Shared worker) {
            if (master.equals(worker)) {
                return IntStream.empty();
            }
            LinkDriver driver = Endpoint.agreed(master.endpoint(), worker.endpoint())
                    .orElseThrow(() -> new IllegalArgumentException(
                            "no link between " + master.site() + " and " + worker.site() + " was agreed on"));
            return Stream.of(master, worker)
                    .flatMap(end -> end.endpoint().offer(driver).stream())
                    .mapToInt(LinkOffer::mtu);
        }

        public Optional<Shared> at(SiteId site) {
            return sites.stream().filter(s -> s.site().equals(site)).findFirst();
        }

        /** The same with what is now known of one of its sites. */
        public OfCluster with(Shared site) {
            return new OfCluster(
                    sites.stream()
                            .map(s -> s.site().equals(site.site()) ? site : s)
                            .toList(),
                    mtu);
        }
    }
}

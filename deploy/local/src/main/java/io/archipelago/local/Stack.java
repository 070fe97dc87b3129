package io.archipelago.local;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What local mode consists of: which sites, which processes, on which ports. It says nothing about whether they run.
 *
 * <pre>
 * base + 0                  PostgreSQL
 * base + 1                  Keycloak
 * base + 100 * site + 0..3  that site's Kafka: broker, controller, broker for peers, broker for real hosts
 * base + 100 * site + 10..  its services, in the order of {@link ServiceKind}
 * base + 100 * site + 20    its agent, if its hosts are simulated
 * </pre>
 *
 * @param wan the port at which peers reach a site's broker, by the site's id, where something stands in between (a test's wide area
 *     network); they reach it directly where nothing is said
 */
public record Stack(int portBase, List<Site> sites, Map<String, Integer> wan) {

    public static final int DEFAULT_PORT_BASE = 18_000;

    static final String POSTGRES = "postgres";
    static final String KEYCLOAK = "keycloak";
    static final String KAFKA_SUFFIX = "-kafka";

    private static final int PORTS_PER_SITE = 100;
    private static final int FIRST_SERVICE = 10;
    private static final int AGENT = 20;
    private static final int LOWEST_BASE = 1_024;
    private static final int HIGHEST_PORT = 65_535;
    private static final int LOWEST_FREE_BASE = 20_000;
    private static final int HIGHEST_FREE_BASE = 32_000;
    private static final int FREE_BASE_STEP = 300;

    public Stack {
        sites = List.copyOf(sites);
        wan = Map.copyOf(wan);
        int highest = portBase
                + PORTS_PER_SITE * sites.stream().mapToInt(Site::number).max().orElse(0)
                + AGENT;
        if (portBase < LOWEST_BASE || highest > HIGHEST_PORT) {
            throw new IllegalArgumentException("VC_PORT_BASE must be from " + LOWEST_BASE + " to "
                    + (HIGHEST_PORT - (highest - portBase)) + ", not " + portBase);
        }
    }

    /** The two sites that {@code ./vc up} starts. */
    public static Stack ofTwoSites(int portBase) {
        return new Stack(portBase, List.of(new Site("tokyo", 1), new Site("osaka", 2)), Map.of());
    }

    /** The same sites, with these hosts where there are some for a site. */
    public Stack withFleets(Map<String, Fleet> fleets) {
        List<Site> staffed = sites.stream()
                .map(site -> new Site(site.id(), site.number(), fleets.getOrDefault(site.id(), site.fleet())))
                .toList();
        return new Stack(portBase, staffed, wan);
    }

    /** For a stack that lives a short time beside others: a range in which nothing listens at this moment. */
    public static Stack onFreePorts(List<Site> sites) {
        // Below the range from which the kernel takes the ports of outgoing connections; from anywhere on, as others
        // may look at the same time.
        int bases = (HIGHEST_FREE_BASE - LOWEST_FREE_BASE) / FREE_BASE_STEP;
        int first = ThreadLocalRandom.current().nextInt(bases);
        for (int i = 0; i < bases; i++) {
            Stack candidate = new Stack(LOWEST_FREE_BASE + (first + i) % bases * FREE_BASE_STEP, sites, Map.of());
            if (candidate.ports().stream().allMatch(Ports::isFree)) {
                return candidate;
            }
        }
        throw new IllegalStateException("no free range of ports");
    }

    List<Integer> ports() {
        List<Integer> ports = new ArrayList<>(List.of(postgresPort(), keycloakPort()));
        for (Site site : sites) {
            ports.addAll(List.of(kafkaPort(site), kafkaControllerPort(site), federationPort(site), agentPort(site)));
            for (ServiceKind kind : ServiceKind.values()) {
                ports.add(servicePort(site, kind));
            }
        }
        return List.copyOf(ports);
    }

    public int postgresPort() {
        return portBase;
    }

    public int keycloakPort() {
        return portBase + 1;
    }

    public int kafkaPort(Site site) {
        return base(site);
    }

    int kafkaControllerPort(Site site) {
        return base(site) + 1;
    }

    /** Where the site's broker listens to peers. */
    public int federationPort(Site site) {
        return base(site) + 2;
    }

    /** Where peers find the site's broker. */
    int advertisedFederationPort(Site site) {
        return wan.getOrDefault(site.id(), federationPort(site));
    }

    /** Where the site's broker listens to real hosts. */
    int hostsPort(Site site) {
        return base(site) + 3;
    }

    /** For the agents of real hosts. */
    public String hostsServers(Site site) {
        return site.fleet().brokerAddress() + ":" + hostsPort(site);
    }

    /** The same two sites, with something in between. */
    public Stack withWan(Map<String, Integer> ports) {
        return new Stack(portBase, sites, ports);
    }

    public int servicePort(Site site, ServiceKind kind) {
        return base(site) + FIRST_SERVICE + kind.ordinal();
    }

    public int agentPort(Site site) {
        return base(site) + AGENT;
    }

    public String bootstrapServers(Site site) {
        return Ports.HOST + ":" + kafkaPort(site);
    }

    /** For peers of the site. */
    String federationServers(Site site) {
        return Ports.HOST + ":" + advertisedFederationPort(site);
    }

    public String jdbcUrl(String database) {
        return "jdbc:" + databaseUrl(database);
    }

    String databaseUrl(String database) {
        return "postgresql://" + Ports.HOST + ":" + postgresPort() + "/" + database;
    }

    /** Where a tenant's requests go. */
    public String apiUrl(Site site) {
        return "http://" + Ports.HOST + ":" + servicePort(site, ServiceKind.RESERVATION);
    }

    public String issuer() {
        return KeycloakServer.issuer(keycloakPort());
    }

    public String tokenUrl() {
        return KeycloakServer.tokenUrl(keycloakPort());
    }

    static String kafka(Site site) {
        return site.id() + KAFKA_SUFFIX;
    }

    static String service(Site site, ServiceKind kind) {
        return site.id() + "-" + kind.id();
    }

    static String agent(Site site) {
        return site.id() + "-agent";
    }

    /** Also the name of the role that owns it. */
    public static String database(Site site, ServiceKind kind) {
        return site.id() + "_" + kind.id();
    }

    List<Site> peersOf(Site site) {
        return sites.stream().filter(other -> !other.equals(site)).toList();
    }

    /** Every topic that the site's broker must have; no broker creates one unasked. */
    public List<TopicSpec> topics(Site site) {
        List<TopicSpec> topics = new ArrayList<>();
        for (String topic : Topics.ofServices()) {
            topics.add(TopicSpec.of(topic, TopicSpec.SHARED_PARTITIONS));
        }
        // To itself too: the master's own share takes the same road as a peer's.
        for (Site to : sites) {
            topics.add(TopicSpec.of(Topics.federationTo(new SiteId(to.id())), 1));
        }
        for (String host : site.hosts()) {
            topics.add(TopicSpec.compacted(Topics.desired(new HostId(host))));
            topics.add(TopicSpec.compacted(Topics.observed(new HostId(host))));
        }
        return List.copyOf(topics);
    }

    private int base(Site site) {
        return portBase + PORTS_PER_SITE * site.number();
    }
}

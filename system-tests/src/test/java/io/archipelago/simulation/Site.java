package io.archipelago.simulation;

import io.archipelago.agent.world.SimCapacity;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimSite;
import io.archipelago.agent.world.Unsealer;
import io.archipelago.bus.booking.Pool;
import io.archipelago.cache.domain.CacheLogic;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Participant;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.network.domain.LinkTerms;
import io.archipelago.network.domain.NetworkLogic;
import io.archipelago.network.domain.Wan;
import io.archipelago.storage.domain.ChapSecrets;
import io.archipelago.storage.domain.StorageLogic;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A datacentre with its clock, broker, services and hosts; small enough that reservations get into each other's way. */
final class Site {

    private static final Instant BEGIN = Instant.parse("2026-12-01T00:00:00Z");

    /** What sites promise each other of the WAN, and what links have that ask for nothing, in bits per second. */
    private static final long WAN = 700_000;

    private static final long LINK = 100_000;

    private final World world;
    private final SiteId id;
    private final int number;
    private final Broker broker;
    private final Map<HostId, Inventory> inventories = new TreeMap<>();
    private final Map<HostId, Host> hosts = new TreeMap<>();
    private final Map<Participant, ParticipantService> participants = new EnumMap<>(Participant.class);
    private final ReservationService reservation;
    private final SimSite simulatedHosts;
    private final boolean realAgents;
    private long skew;

    Site(World world, SiteId id, int number, boolean realAgents) {
        this.world = world;
        this.id = id;
        this.number = number;
        this.broker = new Broker(world);
        this.skew = world.dice().between(-3_000_000L, 3_000_000L);
        this.realAgents = realAgents;
        this.simulatedHosts = new SimSite(world.dice().seed());
        for (ResourceKind kind : ResourceKind.values()) {
            simulatedHosts.setLatency(kind, Duration.ofMillis(world.dice().between(0, 4_000)));
        }
        throwHosts();
        int vlans = world.dice().between(1, 4);
        int ports = world.dice().between(1, 4);
        NetworkLogic network = new NetworkLogic(
                new Pool.Units(100 * number, 100 * number + vlans - 1),
                new Pool.Units(20_000, 20_000 + ports),
                new LinkTerms(List.of(LinkDriver.OPENVPN), 1500, 1486, wan()));
        participants.put(Participant.PLACEMENT, new PlacementService(world, this));
        participants.put(Participant.NETWORK, new ParticipantService(world, this, network));
        participants.put(Participant.STORAGE, new ParticipantService(world, this, new StorageLogic(new Secrets(), 1)));
        participants.put(Participant.CACHE, new ParticipantService(world, this, new CacheLogic(1)));
        this.reservation = new ReservationService(world, this);
    }

    private Wan wan() {
        return new Wan(world.peersOf(id).stream().collect(Collectors.toMap(peer -> peer, peer -> WAN)), LINK);
    }

    /** Gives every topic its readers. */
    void connect() {
        participants.values().forEach(p -> broker.subscribe(Topics.ALLOCATION_COMMANDS, p));
        participants.keySet().forEach(p -> broker.subscribe(Topics.events(p.service()), reservation));
        broker.subscribe(Topics.PLACEMENT_COMMANDS, participant(Participant.PLACEMENT));
        broker.subscribe(Topics.RESERVATION_EVENTS, participant(Participant.PLACEMENT));
        participants.values().forEach(p -> broker.subscribe(Topics.HOST_EVENTS, p));
        for (Site peer : world.sites()) {
            broker.subscribe(world.federationTo(peer.id), peer.reservation, () -> world.cutUntil(id, peer.id));
        }
        hosts.forEach((host, agent) -> {
            broker.compact(Topics.desired(host));
            broker.subscribe(Topics.desired(host), agent);
            participants
                    .values()
                    .forEach(p -> broker.subscribe(observed(host, p.logic().name()), p));
            if (world.hostsFail()) {
                participants.values().forEach(p -> {
                    broker.subscribe(Topics.observed(host), p);
                    p.hosts().begin(heartbeat(host, 0, 0, Map.of(), 0));
                });
            }
        });
        services().forEach(Service::watchAll);
    }

    HostHeartbeat heartbeat(HostId host, long epoch, long counter, Map<Participant, String> digests, int leftovers) {
        Inventory inventory = Objects.requireNonNull(inventories.get(host));
        return new HostHeartbeat(host, epoch, counter, now(), Figures.HEARTBEAT, inventory, digests, leftovers);
    }

    /** A host's observed topic as one of the participants reads it: each passes over what is not its own. */
    static String observed(HostId host, Participant owner) {
        return Topics.observed(host) + "/" + owner;
    }

    SiteId id() {
        return id;
    }

    int number() {
        return number;
    }

    Broker broker() {
        return broker;
    }

    ReservationService reservation() {
        return reservation;
    }

    ParticipantService participant(Participant name) {
        return Objects.requireNonNull(participants.get(name));
    }

    Collection<ParticipantService> participants() {
        return participants.values();
    }

    List<Service> services() {
        List<Service> services = new ArrayList<>(participants.values());
        services.add(reservation);
        return services;
    }

    Map<HostId, Inventory> inventories() {
        return inventories;
    }

    Collection<Host> hosts() {
        return hosts.values();
    }

    Host host(HostId id) {
        return Objects.requireNonNull(hosts.get(id));
    }

    /** Whether nothing more is to happen here: nothing is open anywhere, and every host that still is there is clean. */
    boolean isSettled() {
        return world.isSettled() && hosts.values().stream().allMatch(this::isSettled);
    }

    private boolean isSettled(Host host) {
        return host.isDestroyed()
                || host.things().isEmpty()
                        && participants.values().stream()
                                .noneMatch(p -> p.hosts().isDead(host.id())
                                        || p.allResources().stream()
                                                .anyMatch(r -> r.host().equals(host.id()) && !r.gone()));
    }

    /** By this site's clock. */
    Instant now() {
        return BEGIN.plus(world.scheduler().now() + skew, ChronoUnit.MICROS);
    }

    /** When this site's clock will show an instant. */
    long trueTime(Instant instant) {
        return ChronoUnit.MICROS.between(BEGIN, instant) - skew;
    }

    /** The clock is set forward. */
    void jump(Duration by) {
        skew += by.toNanos() / 1000;
        services().forEach(Service::watchAll);
        hosts.values().forEach(Host::clockJumped);
    }

    private void throwHosts() {
        Dice dice = world.dice();
        int computes = dice.between(2, 3);
        for (int i = 1; i <= computes; i++) {
            add("c" + i, HostRole.COMPUTE, dice.between(2, 4), 8, Map.of(), 0);
        }
        int gateways = dice.between(1, 2);
        for (int i = 1; i <= gateways; i++) {
            add("g" + i, HostRole.GATEWAY, 0, 0, Map.of(), dice.between(1, 3));
        }
        int stores = dice.between(1, 2);
        for (int i = 1; i <= stores; i++) {
            add("s" + i, HostRole.STORAGE, 0, 0, Map.of("vg0", (long) dice.between(4, 12)), 0);
        }
    }

    private void add(String name, HostRole role, int cpus, long memory, Map<String, Long> pools, long cacheBytes) {
        HostId host = new HostId(id + "-" + name);
        inventories.put(
                host,
                new Inventory(
                        host.value(),
                        Set.of(role),
                        cpus,
                        memory,
                        pools,
                        "",
                        cacheBytes,
                        "192.0.2." + number,
                        Map.of(LinkDriver.OPENVPN, "a1:b2"),
                        "",
                        Map.of(),
                        Map.of(),
                        List.of()));
        if (!realAgents) {
            hosts.put(host, new ModelHost(world, this, host));
            return;
        }
        SimHost simulated = simulatedHosts.addHost(
                host, new SimCapacity(Set.of(role), cpus, memory, pools, cacheBytes), Secrets.readableAt(host));
        hosts.put(host, new AgentHost(world, this, simulatedHosts, simulated));
    }

    private static final class Secrets implements ChapSecrets {
        @Override
        public String user(ResourceKey volume) {
            return "user";
        }

        @Override
        public boolean sealable(HostId host) {
            return true;
        }

        @Override
        public String sealed(ResourceKey volume, HostId host) {
            return host + "|" + volume;
        }

        @Override
        public boolean outdated(String sealed, HostId host) {
            return false;
        }

        static Unsealer readableAt(HostId host) {
            return text -> text.startsWith(host + "|")
                    ? Optional.of(text.substring(host.value().length() + 1))
                    : Optional.empty();
        }
    }
}

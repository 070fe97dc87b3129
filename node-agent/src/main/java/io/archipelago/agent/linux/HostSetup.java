package io.archipelago.agent.linux;

import io.archipelago.agent.AgentConfig;
import io.archipelago.agent.ByteSize;
import io.archipelago.agent.drivers.machine.DirectBoot;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.HostRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has said of a host, checked. What its roles do not need is empty or 0.
 *
 * @param id its name in the whole suite
 * @param roles what it is for, at least one
 * @param trunk the network interface that carries the VLANs
 * @param reservedCpus processors that are kept from machines
 * @param reservedMemory bytes that are kept from machines
 * @param keepWrites how long what machines write is kept while its storage host does not answer
 * @param pools where volumes are made: {@code group} or {@code group/pool}
 * @param portal address and port at which volumes are served
 * @param wipeBytesPerSecond how fast volumes that were given up are wiped
 * @param gateway what it does for other sites and for the outside
 * @param boot what machines start from instead of their network and disk; null: nothing
 * @param commandLimit how long a command may take
 */
public record HostSetup(
        HostId id,
        Set<HostRole> roles,
        String trunk,
        int reservedCpus,
        long reservedMemory,
        Duration keepWrites,
        List<String> pools,
        String portal,
        long wipeBytesPerSecond,
        Gateway gateway,
        @Nullable DirectBoot boot,
        Duration commandLimit) {

    /**
     * What a gateway does.
     *
     * @param wanAddress where the gateways of other sites reach it
     * @param outside the network interface through which clusters reach the outside
     * @param closedNetworks networks that no cluster reaches
     * @param linkScripts where the scripts for a VPN appliance are; null: there is none
     * @param cacheDirectory where package caches are kept
     * @param cacheBytes how much they may take
     */
    public record Gateway(
            String wanAddress,
            String outside,
            List<String> closedNetworks,
            @Nullable Path linkScripts,
            Path cacheDirectory,
            long cacheBytes) {

        static final Gateway NONE = new Gateway("", "", List.of(), null, Path.of("/"), 0);

        public Gateway {
            closedNetworks = List.copyOf(closedNetworks);
        }
    }

    private static final String CLOSED = "closed-networks";
    private static final long SLOWEST_WIPE = 1 << 20;
    private static final Duration SHORTEST_LIMIT = Duration.ofSeconds(1);
    private static final Duration SHORTEST_KEEP = Duration.ofSeconds(30);
    private static final Pattern INTERFACE = Pattern.compile("[^/\\s:]{1,15}");
    private static final Pattern POOL =
            Pattern.compile("[A-Za-z0-9+_.][A-Za-z0-9+_.-]*(/[A-Za-z0-9+_.][A-Za-z0-9+_.-]*)?");

    public HostSetup {
        roles = Set.copyOf(roles);
        pools = List.copyOf(pools);
    }

    /**
     * Reads it from the configuration.
     *
     * @throws IllegalArgumentException if something is missing or can not be; says which key and what it allows
     */
    public static HostSetup of(AgentConfig.Host config) {
        Set<HostRole> roles = config.roles()
                .filter(some -> !some.isEmpty())
                .orElseThrow(
                        () -> missing("roles", "one or more of compute, gateway and storage, with commas between"));
        boolean compute = roles.contains(HostRole.COMPUTE);
        boolean gateway = roles.contains(HostRole.GATEWAY);
        boolean storage = roles.contains(HostRole.STORAGE);
        return new HostSetup(
                id(config.id()),
                roles,
                compute || gateway
                        ? text(
                                "trunk",
                                config.trunk(),
                                INTERFACE.asMatchPredicate(),
                                "the network interface that carries the VLANs")
                        : "",
                compute ? atLeast("reserved-cpus", config.reservedCpus(), 0) : 0,
                compute ? config.reservedMemory().bytes() : 0,
                compute ? atLeast("keep-writes", config.keepWrites(), SHORTEST_KEEP) : Duration.ZERO,
                storage ? pools(config.pools()) : List.of(),
                storage
                        ? text(
                                "portal",
                                config.portal(),
                                Addresses::isPortal,
                                "an IP address and a port from 1 to 65535, such as 10.10.0.31:3260 or [fd00::31]:3260")
                        : "",
                storage ? wipe(config.wipeBytesPerSecond()) : 0,
                gateway ? gateway(config) : Gateway.NONE,
                compute ? boot(config.boot()) : null,
                atLeast("command-limit", config.commandLimit(), SHORTEST_LIMIT));
    }

    private static Gateway gateway(AgentConfig.Host config) {
        return new Gateway(
                text(
                        "wan-address",
                        config.wanAddress(),
                        Addresses::isHost,
                        "the IP address, or the name, at which the gateways of other sites reach this one"),
                text(
                        "outside",
                        config.outside(),
                        INTERFACE.asMatchPredicate(),
                        "the network interface through which clusters reach the outside"),
                closed(config.closedNetworks()),
                config.linkScripts().map(Path::toAbsolutePath).orElse(null),
                config.cacheDirectory().toAbsolutePath(),
                config.cacheBytes().bytes());
    }

    /** A gateway that was not told would let clusters into the hosts' own networks; so it has to be said that there are none. */
    private static List<String> closed(Optional<List<String>> closed) {
        String allowed = "networks that no cluster may reach, such as 10.10.0.0/24, with commas between, or none";
        List<String> networks = closed.filter(some -> !some.isEmpty()).orElseThrow(() -> missing(CLOSED, allowed));
        if (networks.equals(List.of("none"))) {
            return List.of();
        }
        for (String network : networks) {
            require(CLOSED, network, Addresses::isNetwork, allowed);
        }
        return networks;
    }

    private static @Nullable DirectBoot boot(AgentConfig.Boot config) {
        if (config.kernel().isEmpty() && config.initrd().isEmpty()) {
            return null;
        }
        Path kernel =
                config.kernel().orElseThrow(() -> missing("boot.kernel", "a kernel's file, as there is an initrd"));
        Path initrd = config.initrd().orElseThrow(() -> missing("boot.initrd", "a file, as there is a kernel"));
        return new DirectBoot(kernel.toAbsolutePath(), initrd.toAbsolutePath(), config.commandLine());
    }

    boolean is(HostRole role) {
        return roles.contains(role);
    }

    private static HostId id(Optional<String> id) {
        String text = id.orElseThrow(() -> missing("id", "the host's name in the whole suite, such as tokyo-c01"));
        try {
            return new HostId(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("agent.host.id: %s, not '%s'".formatted(e.getMessage(), text), e);
        }
    }

    private static List<String> pools(Optional<List<String>> pools) {
        String allowed = "one or more volume groups, or thin pools as group/pool, with commas between";
        List<String> names = pools.filter(some -> !some.isEmpty()).orElseThrow(() -> missing("pools", allowed));
        for (String name : names) {
            require("pools", name, POOL.asMatchPredicate(), allowed);
        }
        return names;
    }

    private static long wipe(ByteSize perSecond) {
        if (perSecond.bytes() < SLOWEST_WIPE) {
            throw wrong("wipe-bytes-per-second", "1MiB or more", Long.toString(perSecond.bytes()));
        }
        return perSecond.bytes();
    }

    private static Duration atLeast(String key, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw wrong(key, "a duration of %d s or more".formatted(least.toSeconds()), value.toString());
        }
        return value;
    }

    private static int atLeast(String key, int value, int least) {
        if (value < least) {
            throw wrong(key, least + " or more", Integer.toString(value));
        }
        return value;
    }

    private static String text(String key, Optional<String> value, Predicate<String> form, String allowed) {
        String text = value.orElseThrow(() -> missing(key, allowed));
        require(key, text, form, allowed);
        return text;
    }

    private static void require(String key, String value, Predicate<String> form, String allowed) {
        if (!form.test(value)) {
            throw wrong(key, allowed, value);
        }
    }

    private static IllegalArgumentException missing(String key, String allowed) {
        return new IllegalArgumentException("agent.host.%s must be set: %s".formatted(key, allowed));
    }

    private static IllegalArgumentException wrong(String key, String allowed, String value) {
        return new IllegalArgumentException("agent.host.%s is %s, not '%s'".formatted(key, allowed, value));
    }
}

package io.archipelago.agent.linux;

import io.archipelago.agent.AgentConfig;
import io.archipelago.agent.ByteSize;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.HostRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an operator has said of a host, checked. What its roles do not need is empty or 0.
 *
 * @param id its name in the whole suite
 * @param roles what it is for, at least one
 * @param trunk the network interface that carries the VLANs
 * @param reservedCpus processors that are kept from machines
 * @param reservedMemory bytes that are kept from machines
 * @param pools where volumes are made: {@code group} or {@code group/pool}
 * @param portal address and port at which volumes are served
 * @param wipeBytesPerSecond how fast volumes that were given up are wiped
 * @param wanAddress where the gateways of other sites reach it
 * @param cacheDirectory where package caches are kept
 * @param cacheBytes how much they may take
 * @param commandLimit how long a command may take
 */
public record HostSetup(
        HostId id,
        Set<HostRole> roles,
        String trunk,
        int reservedCpus,
        long reservedMemory,
        List<String> pools,
        String portal,
        long wipeBytesPerSecond,
        String wanAddress,
        Path cacheDirectory,
        long cacheBytes,
        Duration commandLimit) {

    private static final long SLOWEST_WIPE = 1 << 20;
    private static final Pattern INTERFACE = Pattern.compile("[^/\\s:]{1,15}");
    private static final Pattern POOL =
            Pattern.compile("[A-Za-z0-9+_.][A-Za-z0-9+_.-]*(/[A-Za-z0-9+_.][A-Za-z0-9+_.-]*)?");
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9.-]+|[0-9A-Fa-f:]+");
    private static final Pattern PORTAL = Pattern.compile("([0-9.]+|\\[[0-9A-Fa-f:]+]):([0-9]{1,5})");

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
                        ? text("trunk", config.trunk(), INTERFACE, "the network interface that carries the VLANs")
                        : "",
                compute ? atLeast("reserved-cpus", config.reservedCpus(), 0) : 0,
                compute ? config.reservedMemory().bytes() : 0,
                storage ? pools(config.pools()) : List.of(),
                storage ? portal(config.portal()) : "",
                storage ? wipe(config.wipeBytesPerSecond()) : 0,
                gateway
                        ? text(
                                "wan-address",
                                config.wanAddress(),
                                ADDRESS,
                                "the address at which the gateways of other sites reach this one")
                        : "",
                config.cacheDirectory(),
                gateway ? config.cacheBytes().bytes() : 0,
                limit(config.commandLimit()));
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
            require("pools", name, POOL, allowed);
        }
        return names;
    }

    private static String portal(Optional<String> portal) {
        String allowed = "an address and a port, such as 10.10.0.31:3260";
        String text = text("portal", portal, PORTAL, allowed);
        int port = Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
        if (port < 1 || port > 65535) {
            throw wrong("portal", allowed, text);
        }
        return text;
    }

    private static long wipe(ByteSize perSecond) {
        if (perSecond.bytes() < SLOWEST_WIPE) {
            throw wrong("wipe-bytes-per-second", "1MiB or more", Long.toString(perSecond.bytes()));
        }
        return perSecond.bytes();
    }

    private static Duration limit(Duration limit) {
        if (limit.toSeconds() < 1) {
            throw wrong("command-limit", "a duration of a second or more", limit.toString());
        }
        return limit;
    }

    private static int atLeast(String key, int value, int least) {
        if (value < least) {
            throw wrong(key, least + " or more", Integer.toString(value));
        }
        return value;
    }

    private static String text(String key, Optional<String> value, Pattern form, String allowed) {
        String text = value.orElseThrow(() -> missing(key, allowed));
        require(key, text, form, allowed);
        return text;
    }

    private static void require(String key, String value, Pattern form, String allowed) {
        if (!form.matcher(value).matches()) {
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

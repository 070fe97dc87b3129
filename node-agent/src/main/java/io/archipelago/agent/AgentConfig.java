package io.archipelago.agent;

import io.archipelago.contracts.host.HostMessage.HostRole;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The agent's configuration, {@code agent.*}. Durations are ISO-8601 and longer than nothing unless it says otherwise. Beside it the
 * process needs {@code site.id}, {@code site.number} (1 to 255) and {@code kafka.bootstrap.servers}. A bad value ends the start with a
 * sentence that names the key.
 */
@ConfigMapping(prefix = "agent")
public interface AgentConfig {

    /** Where each host keeps its lock, epoch, keys and copy of specifications; made if it is not there. */
    @WithDefault("agent-state")
    Path stateDirectory();

    /** Between two heartbeats of a host. */
    @WithDefault("PT5S")
    Duration heartbeatEvery();

    /** Between two looks at a host on which nothing is going on: how long a drift goes unnoticed. */
    @WithDefault("PT2S")
    Duration reconcileEvery();

    /** Between two looks at a host on which something is being made or removed. */
    @WithDefault("PT0.1S")
    Duration settleEvery();

    /** Between two full repeats of what was observed. */
    @WithDefault("PT60S")
    Duration repeatEvery();

    /** How long an agent that starts waits for its broker before it brings back what it last knew. */
    @WithDefault("PT10S")
    Duration offlineAfter();

    /** Whether the agent makes the topics of its hosts if they are not there; needs the right to. */
    @WithDefault("true")
    boolean createTopics();

    /** {@code sim}: the process plays all hosts of a site, in memory. {@code linux}: it is the agent of the host that it runs on. */
    @WithDefault("sim")
    DriverFamily drivers();

    /** The host that the process runs on; with drivers {@code linux} only. */
    Host host();

    /** The simulated hosts; with drivers {@code sim} only. */
    Sim sim();

    /** What the agent works with. */
    enum DriverFamily {
        SIM,
        LINUX
    }

    /** A real host, {@code agent.host.*}. What a role does not need is not looked at. */
    interface Host {

        /** Its name in the whole suite, such as {@code tokyo-c01}: 1 to 63 lower-case letters, digits and dashes. Must be set. */
        Optional<String> id();

        /** What it is for, with commas between: {@code compute}, {@code gateway}, {@code storage}. Must be set. */
        Optional<Set<HostRole>> roles();

        /** COMPUTE and GATEWAY: the network interface of the trunk, which carries the VLANs. Must be set. */
        Optional<String> trunk();

        /** COMPUTE: processors that are kept from machines, 0 or more. */
        @WithDefault("1")
        int reservedCpus();

        /** COMPUTE: memory that is kept from machines. */
        @WithDefault("1GiB")
        ByteSize reservedMemory();

        /**
         * COMPUTE: how long what a machine writes is kept while its storage host does not answer, before the write fails; 30 s or more. As long as
         * a storage host takes from power cut to power cut back and to serving all its volumes. Until then a machine that is to go, and
         * whose storage host is away, can not end: where this is longer than {@code participant.turn-round}, what is booked behind it may begin
         * late. A disk that is attached keeps what it was attached with.
         */
        @WithDefault("PT5M")
        Duration keepWrites();

        /** STORAGE: where volumes are made, with commas between: {@code group} or, a thin pool, {@code group/pool}. Must be set. */
        Optional<List<String>> pools();

        /** STORAGE: address and port at which volumes are served to the hosts of the site, such as {@code 10.10.0.31:3260}. Must be set. */
        Optional<String> portal();

        /** STORAGE: how many bytes a second are wiped of volumes that were given up, 1MiB or more. */
        @WithDefault("100MiB")
        ByteSize wipeBytesPerSecond();

        /** GATEWAY: the address at which the gateways of other sites reach it. Must be set. */
        Optional<String> wanAddress();

        /** GATEWAY: the network interface through which clusters reach the outside. Must be set. */
        Optional<String> outside();

        /**
         * GATEWAY: networks that no cluster reaches, with commas between, such as {@code 10.10.0.0/24}: the hosts' own; {@code none} if
         * there are none. Must be set.
         */
        Optional<List<String>> closedNetworks();

        /** GATEWAY: where the scripts for a VPN appliance are, if there is one: see docs/operators/link-scripts.md. */
        Optional<Path> linkScripts();

        /** GATEWAY: where package caches are kept; made if it is not there. */
        @WithDefault("/var/cache/archipelago")
        Path cacheDirectory();

        /** GATEWAY: how much of its file system package caches may take. */
        @WithDefault("20GiB")
        ByteSize cacheBytes();

        /** COMPUTE: what machines start from instead of their network and disk: for laboratories. */
        Boot boot();

        /** How long one command of the host's may take before it is ended. */
        @WithDefault("PT30S")
        Duration commandLimit();
    }

    /** A kernel that every machine of a host starts from, {@code agent.host.boot.*}; kernel and initrd go together. */
    interface Boot {

        /** The kernel's file. */
        Optional<Path> kernel();

        /** The file of its initial file system. */
        Optional<Path> initrd();

        /** What the kernel is told. */
        @WithDefault("console=ttyS0 quiet")
        String commandLine();
    }

    /** The simulated hosts of the site: {@code <site>-c01}.., {@code <site>-g1}.., {@code <site>-s1}... */
    interface Sim {

        /** Hosts of role COMPUTE, 0 to 999. */
        @WithDefault("20")
        int computeHosts();

        /** Hosts of role GATEWAY, 0 to 99. */
        @WithDefault("2")
        int gatewayHosts();

        /** Hosts of role STORAGE, 0 to 99. */
        @WithDefault("2")
        int storageHosts();

        /** Processors of each compute host. */
        @WithDefault("16")
        int cpus();

        /** Memory of each compute host, such as {@code 64GiB}. */
        @WithDefault("64GiB")
        ByteSize memory();

        /** The name of the volume group on each storage host. */
        @WithDefault("vg0")
        String pool();

        /** Its size. */
        @WithDefault("4TiB")
        ByteSize poolBytes();

        /** Space for package caches on each gateway. */
        @WithDefault("200GiB")
        ByteSize cacheBytes();

        /** Whether everything takes no time, whatever the latencies say: for benchmarks. */
        @WithDefault("false")
        boolean instant();

        /** How long it takes to make or to remove a resource. */
        Latency latency();

        /** The share of steps that fail, 0 to 1. */
        @WithDefault("0")
        double faultRate();

        /** The same for steps of single kinds. */
        FaultRates faultRates();

        /** Makes faults and jitter come out alike in two runs with the same messages at the same times. */
        @WithDefault("1")
        long seed();
    }

    /** The share of steps of a kind that fail, 0 to 1; {@link Sim#faultRate} unless it is set. */
    interface FaultRates {

        OptionalDouble machine();

        OptionalDouble segment();

        OptionalDouble link();

        OptionalDouble volume();

        OptionalDouble disk();

        OptionalDouble cache();
    }

    /** How long it takes to make or to remove a resource, zero or more. */
    interface Latency {

        @WithDefault("PT0.3S")
        Duration machine();

        @WithDefault("PT0.05S")
        Duration segment();

        @WithDefault("PT0.2S")
        Duration link();

        @WithDefault("PT0.1S")
        Duration volume();

        @WithDefault("PT0.05S")
        Duration disk();

        @WithDefault("PT0.2S")
        Duration cache();
    }
}

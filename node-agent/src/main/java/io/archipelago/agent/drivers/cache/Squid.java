package io.archipelago.agent.drivers.cache;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Daemon;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.OwnDirectory;
import io.archipelago.contracts.host.ResourceSpec.CacheSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The proxy of one cluster, in the gateway's namespace. It fetches what several machines ask for once, to its end though the machine that
 * asked has gone, and in the name of the machine that asked first.
 *
 * <p>What was put in force last is written beside its configuration, after it was: what is not there was not.
 */
final class Squid {

    /** Where it takes what machines meant for the origin. */
    static final int PORT = 3129;

    private static final int MANAGER_PORT = 3128;
    private static final String USER = "proxy";
    private static final String CONFIGURATION = "squid.conf";
    private static final String IN_FORCE = "squid.in-force";
    private static final String STORE = "store";
    private static final String LOGS = "log";
    private static final String ORIGIN = "acl origin dst ";
    private static final long MIB = 1L << 20;

    /** Of the space that it may fill, its index and what it has yet to delete take the rest. */
    private static final double FOR_STORE = 0.9;

    /** As of proc(5): a TCP socket's local address, its peer's, and the state of one that listens. */
    private static final String LISTENING = ".*:%04X 0+:0000 0A .*".formatted(PORT);

    private final Namespace namespace;
    private final OwnDirectory directory;
    private final Daemon daemon;

    /**
     * @param directory the cache's own
     */
    Squid(Namespace namespace, OwnDirectory directory) {
        this.namespace = namespace;
        this.directory = directory;
        this.daemon = new Daemon("squid", directory.file(CONFIGURATION).toString(), directory.file("squid.pid"));
    }

    /** What it says of itself. */
    Path log() {
        return directory.file(LOGS).resolve("squid.log");
    }

    /** The process, if it runs. */
    Optional<ProcessHandle> running() throws DriverFault {
        return daemon.running();
    }

    /** Whether a process takes connections already. No command. */
    static boolean listens(ProcessHandle process) throws DriverFault {
        KernelTree net = new KernelTree(Path.of("/proc", Long.toString(process.pid()), "net"));
        return net.text("tcp").stream().flatMap(String::lines).anyMatch(line -> line.matches(LISTENING))
                || net.text("tcp6").stream().flatMap(String::lines).anyMatch(line -> line.matches(LISTENING));
    }

    /** Whether it does what it should. */
    boolean serves(CacheSpec spec) throws DriverFault {
        List<String> inForce = directory.lines(IN_FORCE);
        // The address of who knows names follows from the segment.
        return withoutNames(inForce).equals(withoutNames(configuration(spec, "")));
    }

    /**
     * Starts it anew. It needs a moment until it takes connections.
     *
     * @param names the address of who tells it what names stand for
     */
    void start(CacheSpec spec, String names) throws DriverFault {
        daemon.kill();
        OwnDirectory store = new OwnDirectory(directory.file(STORE));
        if (!directory.lines(CONFIGURATION).contains(ORIGIN + spec.origin())) {
            // Another machine's files may bear the same names.
            store.delete();
        }
        directory.delete(IN_FORCE);
        // It stays root's, for root reads from it what the proxy does; the proxy writes into two directories below.
        directory.make();
        directory.giveTo("root");
        OwnDirectory logs = new OwnDirectory(directory.file(LOGS));
        logs.make();
        logs.giveTo(USER);
        List<String> configuration = configuration(spec, names);
        directory.write(CONFIGURATION, configuration);
        if (!new KernelTree(store.path()).at("0F", "FF").exists()) {
            // The last of its directories is missing.
            store.make();
            store.giveTo(USER);
            namespace.run(
                    "squid", "-z", "-N", "-f", directory.file(CONFIGURATION).toString());
        }
        namespace.run("squid", "-f", directory.file(CONFIGURATION).toString());
        directory.write(IN_FORCE, configuration);
    }

    /** Ends it, and sees to it that what it kept is not used again. */
    void end() throws DriverFault {
        daemon.kill();
        directory.delete(CONFIGURATION);
    }

    /** The address whose files it keeps; empty if it is half made. */
    String origin() throws DriverFault {
        return directory.lines(IN_FORCE).stream()
                .filter(line -> line.startsWith(ORIGIN))
                .map(line -> line.substring(ORIGIN.length()))
                .findFirst()
                .orElse("");
    }

    /** What it has done so far; fails if it does not answer. One command. */
    Counters counters() throws DriverFault {
        return Counters.parse(namespace.run(
                "curl",
                "--silent",
                "--show-error",
                "--fail",
                "--noproxy",
                "*",
                "--max-time",
                "5",
                "http://127.0.0.1:%d/squid-internal-mgr/counters".formatted(MANAGER_PORT)));
    }

    private static List<String> withoutNames(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.startsWith("dns_nameservers"))
                .toList();
    }

    private List<String> configuration(CacheSpec spec, String names) {
        long mib = Math.max(16, (long) (spec.bytes() * FOR_STORE) / MIB);
        List<String> lines = new ArrayList<>(List.of(
                "http_port 127.0.0.1:" + MANAGER_PORT,
                "http_port %d tproxy".formatted(PORT),
                "visible_hostname package-cache",
                "pid_filename " + daemon.pidFile(),
                "cache_effective_user " + USER,
                "cache_effective_group " + USER,
                "access_log none",
                "cache_store_log none",
                "cache_log " + log(),
                "coredump_dir " + directory.file(LOGS),
                "pinger_enable off",
                "netdb_filename none",
                "shutdown_lifetime 1 seconds",
                "dns_nameservers " + names,
                "via off",
                "forwarded_for transparent"));
        lines.addAll(List.of(
                ORIGIN + spec.origin(),
                "http_access allow localhost manager",
                "http_access deny manager",
                "http_access allow origin",
                "http_access deny all",
                // Our own questions are no work, and their answers are never old ones.
                "stats_collection deny manager",
                "cache deny manager"));
        lines.addAll(List.of(
                "cache_mem 32 MB",
                "maximum_object_size_in_memory 128 KB",
                "maximum_object_size %d MB".formatted(mib),
                "cache_dir aufs %s %d 16 256".formatted(directory.file(STORE), mib),
                "collapsed_forwarding on",
                "quick_abort_min -1 KB",
                "range_offset_limit none",
                // What the frontend makes for each machine: kickstart files, and whatever else is computed.
                "acl particular urlpath_regex -i ^/ks ^/install/sbin/ /cgi-bin/ \\.cgi \\?",
                "cache deny particular",
                // The name of a package tells its version. Of all else it is asked after a minute whether it has
                // changed: that long at
                // least, however new it is, for those who wait for one fetch all take what came of it only if it is
                // fresh.
                "refresh_pattern -i \\.(rpm|drpm|deb|udeb)$ 1440 50% 10080 override-lastmod",
                "refresh_pattern . 1 20% 4320 override-lastmod"));
        return lines;
    }
}

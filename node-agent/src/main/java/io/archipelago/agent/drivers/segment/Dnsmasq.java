package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Daemon;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.OwnDirectory;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Gateway;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Station;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells the machines of one cluster their addresses (DHCP) and each other's names (DNS), in the gateway's namespace. It answers the DHCP
 * of this site's machines only, and so does not quarrel with the gateways of other sites on the same segment.
 *
 * <p>What was put in force last is written beside its configuration, after it was: what is not there was not.
 */
final class Dnsmasq {

    private static final String CONFIGURATION = "dnsmasq.conf";
    private static final String HOSTS = "dnsmasq.dhcp";
    private static final String NAMES = "dnsmasq.dns";
    private static final String IN_FORCE = "dnsmasq.in-force";
    private static final String LEASE = "1h";

    /** That of systemd-resolved first: in the other there is only its own address on this host then. */
    private static final List<Path> RESOLVERS =
            List.of(Path.of("/run/systemd/resolve/resolv.conf"), Path.of("/etc/resolv.conf"));

    private final Programs programs;
    private final Namespace namespace;
    private final OwnDirectory directory;
    private final Daemon daemon;

    /**
     * @param directory the segment's own
     */
    Dnsmasq(Programs programs, Namespace namespace, OwnDirectory directory) {
        this.programs = programs;
        this.namespace = namespace;
        this.directory = directory;
        this.daemon =
                new Daemon("dnsmasq", "--conf-file=" + directory.file(CONFIGURATION), directory.file("dnsmasq.pid"));
    }

    boolean runs() throws DriverFault {
        return daemon.running().isPresent();
    }

    /** Whether it tells what it should. */
    boolean tells(SegmentSpec spec, Gateway gateway) throws DriverFault {
        return directory.lines(IN_FORCE).equals(all(spec, gateway));
    }

    /** Has it tell that. It is started anew only if something changed that it does not read again by itself. */
    void serve(SegmentSpec spec, Gateway gateway) throws DriverFault {
        List<String> configuration = configuration(spec, gateway);
        Optional<ProcessHandle> running = daemon.running();
        boolean same = running.isPresent()
                && directory.lines(IN_FORCE).stream()
                        .limit(configuration.size())
                        .toList()
                        .equals(configuration);
        directory.delete(IN_FORCE);
        directory.write(HOSTS, hosts(gateway));
        directory.write(NAMES, names(gateway));
        if (same) {
            programs.run("kill", "-HUP", Long.toString(running.get().pid()));
        } else {
            daemon.kill();
            directory.write(CONFIGURATION, configuration);
            namespace.run("dnsmasq", "--conf-file=" + directory.file(CONFIGURATION));
        }
        directory.write(IN_FORCE, all(spec, gateway));
    }

    private List<String> configuration(SegmentSpec spec, Gateway gateway) {
        Prefix prefix = Prefix.parse(gateway.address());
        List<String> lines = new ArrayList<>(List.of(
                "interface=" + SegmentNames.BRIDGE,
                "except-interface=lo",
                "bind-interfaces",
                "user=dnsmasq",
                "pid-file=" + daemon.pidFile(),
                "no-hosts",
                "addn-hosts=" + directory.file(NAMES),
                "domain-needed",
                "bogus-priv",
                "dhcp-range=%s,static,%s,%s".formatted(prefix.network(), prefix.mask(), LEASE),
                "dhcp-hostsfile=" + directory.file(HOSTS),
                "dhcp-ignore=tag:!known",
                "dhcp-authoritative",
                "dhcp-leasefile=" + directory.file("dnsmasq.leases"),
                "dhcp-option=option:router," + gateway.router(),
                "dhcp-option=option:dns-server," + prefix.address(),
                "dhcp-option=option:mtu," + spec.mtu(),
                "quiet-dhcp"));
        lines.add(gateway.nat() ? "resolv-file=" + resolvers() : "no-resolv");
        return lines;
    }

    private static Path resolvers() {
        return RESOLVERS.stream().filter(Files::exists).findFirst().orElse(RESOLVERS.getLast());
    }

    private static List<String> hosts(Gateway gateway) {
        return gateway.stations().stream()
                .filter(Station::here)
                .map(station -> "%s,%s,%s".formatted(station.mac(), station.address(), station.name()))
                .toList();
    }

    private static List<String> names(Gateway gateway) {
        return gateway.stations().stream()
                .map(station -> station.address() + " " + station.name())
                .toList();
    }

    private List<String> all(SegmentSpec spec, Gateway gateway) {
        List<String> all = new ArrayList<>(configuration(spec, gateway));
        all.addAll(hosts(gateway));
        all.addAll(names(gateway));
        return all;
    }

    /** Ends it, wherever it runs. */
    void end() throws DriverFault {
        if (new KernelTree(directory.path()).exists()) {
            daemon.kill();
        }
    }
}

package io.archipelago.agent.drivers.cache;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.segment.SegmentNames;
import io.archipelago.agent.os.InForce;
import io.archipelago.agent.os.IpBatch;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.PacketFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Has the frames that a site's machines send to the origin's port 80, and those that come back, leave the bridge for the proxy, which
 * speaks to each side in the name of the other: the origin sees the machine's own address. Everything else stays on the bridge.
 *
 * <p>Only connections begun from now on are taken: those that are going on are routed past the proxy.
 */
final class Interception {

    /** The ports behind which the site's machines are. */
    private static final List<String> MACHINES = List.of(SegmentNames.VLAN, SegmentNames.MACHINES);

    private static final String TABLE = "3129";
    private static final String MARK = "0x1";

    private final PacketFilter filter;
    private final Namespace namespace;
    private final InForce inForce;

    /**
     * @param filter the host's
     */
    Interception(PacketFilter filter, Namespace namespace, InForce inForce) {
        this.filter = filter.in(namespace);
        this.namespace = namespace;
        this.inForce = inForce;
    }

    /** Whether it is on, for this origin, and nobody has changed it. Four commands. */
    boolean isOn(String origin) throws DriverFault {
        return inForce.is(rules(origin), said());
    }

    private List<String> said() throws DriverFault {
        return Stream.of(
                        filter.rules().stream().filter(rule -> rule.startsWith("mangle ")),
                        namespace
                                .run("ebtables-legacy", "-t", "broute", "-L", "BROUTING")
                                .lines()
                                .filter(rule -> rule.startsWith("-")),
                        namespace.ip("rule", "list", "fwmark", MARK).lines(),
                        namespace
                                .ip("route", "list", "table", "all")
                                .lines()
                                .filter(route -> route.contains("table " + TABLE)))
                .flatMap(lines -> lines)
                .map(String::strip)
                .toList();
    }

    void on(String origin) throws DriverFault {
        filter.load(
                "ebtable_broute",
                "ebt_ip",
                "ebt_redirect",
                "iptable_mangle",
                "xt_TPROXY",
                "xt_socket",
                "xt_mark",
                "xt_tcpudp");
        filter.restore(rules(origin));
        IpBatch batch = namespace.ip();
        if (!isMarkRouted()) {
            batch.add("rule add fwmark %s lookup %s", MARK, TABLE);
        }
        batch.add("route replace local default dev lo table %s", TABLE).run();
        frames("-F", "BROUTING");
        for (String port : MACHINES) {
            frame("-i", port, "--ip-dst", origin, "--ip-dport");
        }
        frame("-i", "!", SegmentNames.VLAN, "--ip-src", origin, "--ip-sport");
        inForce.note(rules(origin), said());
    }

    /** Machines reach the origin by themselves then. */
    void off() throws DriverFault {
        if (namespace.number().isEmpty()) {
            return;
        }
        inForce.forget();
        frames("-F", "BROUTING");
        filter.restore(List.of("*mangle", "-F", "COMMIT"));
        if (isMarkRouted()) {
            namespace
                    .ip()
                    .add("rule delete fwmark %s lookup %s", MARK, TABLE)
                    .add("route flush table %s", TABLE)
                    .run();
        }
    }

    private boolean isMarkRouted() throws DriverFault {
        return !namespace.ip("rule", "list", "fwmark", MARK).isBlank();
    }

    private static List<String> rules(String origin) {
        return List.of(
                "*mangle",
                "-F",
                "-A PREROUTING -p tcp -m socket --transparent -j MARK --set-mark " + MARK,
                "-A PREROUTING -p tcp -m socket --transparent -j ACCEPT",
                "-A PREROUTING -d %s -p tcp --syn --dport 80 -j TPROXY --on-port %d --tproxy-mark %s"
                        .formatted(origin, Squid.PORT, MARK),
                "COMMIT");
    }

    private void frame(String... match) throws DriverFault {
        List<String> rule = new ArrayList<>(List.of("-A", "BROUTING", "-p", "IPv4", "--ip-proto", "tcp"));
        rule.addAll(List.of(match));
        rule.addAll(List.of("80", "-j", "redirect", "--redirect-target", "DROP"));
        frames(rule.toArray(String[]::new));
    }

    private void frames(String... arguments) throws DriverFault {
        List<String> command = new ArrayList<>(List.of("ebtables-legacy", "--concurrent", "-t", "broute"));
        command.addAll(List.of(arguments));
        namespace.run(command.toArray(String[]::new));
    }
}

package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.InForce;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.OwnDirectory;
import io.archipelago.agent.os.PacketFilter;
import io.archipelago.agent.os.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What may pass between clusters and the outside. Addresses are translated twice, for clusters may have the same: in the namespace to that
 * of its way to the outside, on the host to that of the outside interface.
 *
 * <p>The host's rules are the same however many clusters there are: nothing comes in but answers, and nothing goes to the host itself or
 * from one cluster to another. What no cluster may reach is refused in its namespace.
 */
final class OutsideRules {

    private static final String LINK_LOCAL = "169.254.0.0/16";
    private static final String ANSWERS = "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";
    private static final String MARK = "ARCHIPELAGO-";
    private static final List<Jump> JUMPS = List.of(
            new Jump("filter", "INPUT", MARK + "INPUT"),
            new Jump("filter", "FORWARD", MARK + "FORWARD"),
            new Jump("nat", "POSTROUTING", MARK + "NAT"));

    private final SegmentSettings settings;
    private final PacketFilter filter;
    private final InForce inForce;

    /** From a chain of the kernel's to one of ours. */
    private record Jump(String table, String from, String to) {
        String rule() {
            return "%s -j %s".formatted(from, to);
        }

        boolean isIn(List<String> rules) {
            return rules.contains("%s -A %s".formatted(table, rule()));
        }
    }

    OutsideRules(Programs programs, SegmentSettings settings) {
        this.filter = PacketFilter.ofHost(programs);
        this.settings = settings;
        this.inForce = new InForce(new OwnDirectory(settings.directory()), "host-rules.in-force");
    }

    /** Whether the host's rules are as they were made. One command. */
    boolean guardHost() throws DriverFault {
        List<String> rules = filter.rules();
        return inForce.is(ofHost(), ours(rules)) && JUMPS.stream().allMatch(jump -> jump.isIn(rules));
    }

    /**
     * The same of a namespace's. One command.
     *
     * @param directory the segment's own
     */
    boolean guard(Namespace namespace, OwnDirectory directory, Prefix cluster) throws DriverFault {
        return inForce(directory).is(inside(cluster), rules(namespace));
    }

    /** Puts all in force. */
    void make(Namespace namespace, OwnDirectory directory, Prefix cluster) throws DriverFault {
        filter.load("xt_conntrack", "xt_MASQUERADE", "ipt_REJECT", "iptable_filter", "iptable_nat");
        List<String> inside = inside(cluster);
        filter.in(namespace).restore(inside);
        inForce(directory).note(inside, rules(namespace));
        List<String> present = filter.rules();
        List<String> rules = new ArrayList<>(ofHost());
        for (Jump jump : JUMPS) {
            if (!jump.isIn(present)) {
                rules.addAll(List.of("*" + jump.table(), "-I " + jump.rule(), "COMMIT"));
            }
        }
        filter.restore(rules);
        inForce.note(ofHost(), ours(filter.rules()));
    }

    private static InForce inForce(OwnDirectory directory) {
        return new InForce(directory, "rules.in-force");
    }

    /** Of those in a namespace, the rules for its way to the outside. */
    private List<String> rules(Namespace namespace) throws DriverFault {
        return filter.in(namespace).rules().stream()
                .filter(rule -> rule.startsWith("filter ") || rule.startsWith("nat "))
                .toList();
    }

    private static List<String> ours(List<String> rules) {
        return rules.stream().filter(rule -> rule.contains(" -A " + MARK)).toList();
    }

    /** Takes the host's away. */
    void removeFromHost() throws DriverFault {
        inForce.forget();
        List<String> present = filter.rules();
        List<String> rules = new ArrayList<>();
        for (Jump jump : JUMPS) {
            // Named, it is there and empty; so it can be deleted whether or not it was there.
            rules.addAll(List.of("*" + jump.table(), ":" + jump.to() + " - [0:0]"));
            present.stream()
                    .filter(rule -> rule.equals("%s -A %s".formatted(jump.table(), jump.rule())))
                    .forEach(rule -> rules.add("-D " + jump.rule()));
            rules.addAll(List.of("-X " + jump.to(), "COMMIT"));
        }
        filter.restore(rules);
    }

    private List<String> inside(Prefix cluster) {
        List<String> rules = new ArrayList<>(List.of(
                "*filter",
                "-F",
                "-A INPUT -i outside " + ANSWERS,
                "-A INPUT -i outside -j DROP",
                "-A FORWARD -i outside " + ANSWERS,
                "-A FORWARD -i outside -j DROP"));
        Stream.concat(Stream.of(LINK_LOCAL), settings.closed().stream())
                .forEach(network -> rules.add("-A FORWARD -o outside -d %s -j REJECT".formatted(network)));
        rules.addAll(List.of(
                "-A FORWARD ! -s %s -o outside -j DROP".formatted(cluster.text()),
                "COMMIT",
                "*nat",
                "-F",
                "-A POSTROUTING -s %s -o outside -j MASQUERADE".formatted(cluster.text()),
                "COMMIT"));
        return rules;
    }

    private List<String> ofHost() {
        String ours = SegmentNames.ALL_OUTSIDES;
        String outside = settings.outside();
        return List.of(
                "*filter",
                ":ARCHIPELAGO-INPUT - [0:0]",
                ":ARCHIPELAGO-FORWARD - [0:0]",
                "-A ARCHIPELAGO-INPUT -i %s -j DROP".formatted(ours),
                "-A ARCHIPELAGO-FORWARD -i %s -o %s -j ACCEPT".formatted(ours, outside),
                "-A ARCHIPELAGO-FORWARD -i %s -o %s %s".formatted(outside, ours, ANSWERS),
                "-A ARCHIPELAGO-FORWARD -i %s -j DROP".formatted(ours),
                "-A ARCHIPELAGO-FORWARD -o %s -j DROP".formatted(ours),
                "COMMIT",
                "*nat",
                ":ARCHIPELAGO-NAT - [0:0]",
                "-A ARCHIPELAGO-NAT -s %s -o %s -j MASQUERADE".formatted(Pairs.ALL.text(), outside),
                "COMMIT");
    }
}

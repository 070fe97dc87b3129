package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.IpBatch;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.OwnDirectory;
import io.archipelago.agent.os.Programs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ways of clusters to the outside: from each gateway's namespace a pair of interfaces into the host's own. */
final class Outside {

    private static final KernelTree IPV4 = new KernelTree(Path.of("/proc/sys/net/ipv4/conf"));

    private final Programs programs;
    private final Modules modules;
    private final String interfaceName;
    private final OutsideRules rules;

    Outside(Programs programs, Modules modules, SegmentSettings settings) {
        this.programs = programs;
        this.modules = modules;
        this.interfaceName = settings.outside();
        this.rules = new OutsideRules(programs, settings);
    }

    /** What is wrong with a cluster's way, a sentence; empty if nothing is. */
    String defect(SegmentNames names, Devices host, Devices inside) {
        Device outer = host.get(names.hostOutside());
        Device inner = inside.get(SegmentNames.OUTSIDE);
        if (outer == null
                || inner == null
                || !outer.isUp()
                || !inner.isUp()
                || Pairs.of(outer)
                        .map(Pairs::other)
                        .filter(pair -> inner.addresses().contains(pair.toString()))
                        .isEmpty()) {
            return "its way to the outside is not there";
        }
        return outer.alias().equals(names.alias()) ? "" : "its way to the outside does not bear its name";
    }

    /**
     * What is wrong with what passes there, a sentence; empty if nothing is. Costs a few commands.
     *
     * @param directory the segment's own
     */
    String defectOfPassage(SegmentNames names, Namespace namespace, OwnDirectory directory, Prefix cluster)
            throws DriverFault {
        if (!rules.guard(namespace, directory, cluster)) {
            return "the rules of its way to the outside were changed";
        }
        if (!rules.guardHost()) {
            return "this host's rules for ways to the outside were changed";
        }
        for (String each : List.of(names.hostOutside(), interfaceName)) {
            if (!IPV4.at(each).says("forwarding", "1")) {
                return each + " does not forward packets any more";
            }
        }
        return "";
    }

    void make(SegmentNames names, Namespace namespace, OwnDirectory directory, Prefix cluster) throws DriverFault {
        Devices host = Devices.ofHost(programs);
        Device outer = host.get(names.hostOutside());
        if (outer != null && !Device.isOurs(outer, names.alias())) {
            throw DriverFault.failed("the interface %s is there and is not ours, its alias is '%s': remove it"
                    .formatted(outer.name(), outer.alias()));
        }
        if (host.get(interfaceName) == null) {
            throw DriverFault.failed(
                    "this host has no interface '%s', which is to lead to the outside".formatted(interfaceName));
        }
        // Before there is a way: nothing ever passes without them.
        rules.make(namespace, directory, cluster);
        String name = names.hostOutside();
        Prefix ours = pair(names, outer, host);
        IpBatch batch = IpBatch.onHost(programs);
        if (outer == null) {
            modules.load("veth");
            batch.add("link add %s type veth peer name %s netns %s", name, SegmentNames.OUTSIDE, namespace.name());
        }
        batch.add("link set %s alias %s", name, names.alias())
                .add("address replace %s dev %s", ours, name)
                .add("link set %s up", name)
                .run();
        namespace
                .ip()
                .add("address replace %s dev %s", Pairs.other(ours), SegmentNames.OUTSIDE)
                .add("link set %s up", SegmentNames.OUTSIDE)
                .add("route replace default via %s dev %s", ours.address(), SegmentNames.OUTSIDE)
                .run();
        for (String each : List.of(name, interfaceName)) {
            IPV4.at(each).say("forwarding", "1");
        }
    }

    /** Closes a cluster's way, and with the last one takes the host's rules away. */
    void remove(SegmentNames names, Devices host) throws DriverFault {
        if (interfaceName.isEmpty()) {
            return;
        }
        Device outer = host.get(names.hostOutside());
        boolean last = host.all().stream()
                .noneMatch(other ->
                        SegmentNames.isOutside(other.name()) && !other.name().equals(names.hostOutside()));
        if (outer == null || !Device.isOurs(outer, names.alias())) {
            // One that was cut off before it had a way may have left the rules.
            if (last) {
                rules.removeFromHost();
            }
            return;
        }
        // Nothing passes any more, and yet it is there until the rules are gone.
        programs.run("ip", "link", "set", outer.name(), "down");
        if (last) {
            rules.removeFromHost();
        }
        programs.run("ip", "link", "delete", outer.name());
    }

    private static Prefix pair(SegmentNames names, @Nullable Device outer, Devices host) throws DriverFault {
        Optional<Prefix> pair = outer == null ? Optional.empty() : Pairs.of(outer);
        return pair.isPresent() ? pair.get() : Pairs.free(names.number(), host);
    }
}

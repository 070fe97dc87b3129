package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.Beat;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.IpBatch;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.OwnDirectory;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Gateway;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The clusters' network namespaces on a gateway, so that tenants' addresses may be the same: in each the VLAN, a bridge with the gateway's
 * address, who tells machines their addresses and names, and at the master a way to the outside.
 *
 * <p>To look into a namespace costs commands. It is done when something was changed, and otherwise every {@link #LOOK_INSIDE}, each at a
 * moment of its own: so long may it go unnoticed that somebody else changed something inside. That a namespace or its daemon is gone is
 * noticed at the next look.
 */
final class GatewayNamespaces {

    /** Between two looks into a namespace in which nothing is going on. */
    static final Duration LOOK_INSIDE = Duration.ofSeconds(30);

    private static final String FORWARDS = "net.ipv4.ip_forward";

    private final Programs programs;
    private final Modules modules;
    private final Trunk trunk;
    private final Outside outside;
    private final Path directory;
    private final Beat looks = new Beat(LOOK_INSIDE);
    private final Map<ResourceKey, Inside> seen = new HashMap<>();

    /** What was in a namespace at the last look into it, and what was wrong with what passes, a sentence. */
    private record Inside(long number, Instant at, Devices devices, String passage) {}

    GatewayNamespaces(Programs programs, Modules modules, Trunk trunk, Outside outside, Path directory) {
        this.programs = programs;
        this.modules = modules;
        this.trunk = trunk;
        this.outside = outside;
        this.directory = directory;
    }

    /** What is wrong with one, a sentence; empty if nothing is. */
    String defect(SegmentNames names, @Nullable Gateway gateway, Devices host, Instant now) throws DriverFault {
        Namespace namespace = namespace(names);
        if (namespace.number().isEmpty()) {
            return "its namespace is not there";
        }
        if (!dnsmasq(names).runs()) {
            return "nobody tells its machines their addresses: dnsmasq does not run";
        }
        Inside inside = inside(names, gateway, now);
        Device vlan = inside.devices().get(SegmentNames.VLAN);
        Device bridge = inside.devices().get(SegmentNames.BRIDGE);
        if (vlan == null || bridge == null) {
            return "its %s is not there".formatted(vlan == null ? "VLAN interface" : "bridge");
        }
        if (!vlan.bridge().equals(SegmentNames.BRIDGE)) {
            return "its VLAN interface is no port of its bridge";
        }
        if (!vlan.isUp() || !bridge.isUp() || !bridge.quiet()) {
            return "its interfaces are down or were changed";
        }
        String defect = gateway != null && gateway.nat() ? outside.defect(names, host, inside.devices()) : "";
        return defect.isEmpty() ? inside.passage() : defect;
    }

    /** Whether one is as specified. */
    boolean matches(SegmentNames names, SegmentSpec spec, Gateway gateway, Devices host, Instant now)
            throws DriverFault {
        Devices devices = inside(names, gateway, now).devices();
        Device vlan = devices.get(SegmentNames.VLAN);
        Device bridge = devices.get(SegmentNames.BRIDGE);
        return vlan != null
                && bridge != null
                && vlan.vlan() == spec.vlan()
                && vlan.mtu() == spec.mtu()
                && bridge.mtu() == spec.mtu()
                && bridge.addresses().equals(Set.of(gateway.address()))
                && (gateway.nat() || host.get(names.hostOutside()) == null)
                && dnsmasq(names).tells(spec, gateway);
    }

    /** The VLAN interface of one, as it was at the last look into it; null if there was none. */
    @Nullable
    Device vlan(SegmentNames names) {
        Inside inside = seen.get(names.key());
        return inside == null ? null : inside.devices().get(SegmentNames.VLAN);
    }

    /** The namespace of one, whether or not it is there. */
    Namespace namespace(SegmentNames names) {
        return new Namespace(names.namespace(), programs);
    }

    void make(SegmentNames names, SegmentSpec spec, Gateway gateway, Devices host) throws DriverFault {
        seen.remove(names.key());
        Namespace namespace = namespace(names);
        if (namespace.number().isEmpty()) {
            // Its name may be lost while its DHCP server keeps what it was the name of, and the VLAN interface in
            // there.
            dnsmasq(names).end();
        }
        namespace.make();
        prepare(namespace);
        Devices devices = Devices.of(namespace);
        makeBridge(names, gateway, namespace, devices.get(SegmentNames.BRIDGE));
        Device vlan = devices.get(SegmentNames.VLAN);
        if (vlan != null && vlan.vlan() != spec.vlan()) {
            namespace.ip().add("link delete %s", SegmentNames.VLAN).run();
            vlan = null;
        }
        if (vlan == null) {
            trunk.add(spec, host, SegmentNames.VLAN, List.of("netns", namespace.name()));
        }
        namespace
                .ip()
                .add("link set %s mtu %d master %s up", SegmentNames.VLAN, spec.mtu(), SegmentNames.BRIDGE)
                .add("link set %s mtu %d up", SegmentNames.BRIDGE, spec.mtu())
                .run();
        if (gateway.nat()) {
            outside.make(names, namespace, directory(names), Prefix.parse(gateway.address()));
        } else {
            outside.remove(names, host);
        }
        dnsmasq(names).serve(spec, gateway);
    }

    void remove(SegmentNames names, Devices host) throws DriverFault {
        seen.remove(names.key());
        outside.remove(names, host);
        dnsmasq(names).end();
        namespace(names).delete();
    }

    private void makeBridge(SegmentNames names, Gateway gateway, Namespace namespace, @Nullable Device present)
            throws DriverFault {
        String name = SegmentNames.BRIDGE;
        IpBatch batch = namespace.ip().add("link set lo up");
        if (present == null) {
            modules.load("bridge");
            batch.add("link add %s address %s type bridge", name, names.gatewayMac());
        } else {
            present.addresses().stream()
                    .filter(address -> !address.equals(gateway.address()))
                    .forEach(address -> batch.add("address delete %s dev %s", address, name));
        }
        batch.add("link set %s type bridge %s", name, Device.QUIET)
                .add("address replace %s dev %s", gateway.address(), name)
                .run();
    }

    /** Before there is any interface in it, for an interface takes these over when it is made. */
    private static void prepare(Namespace namespace) throws DriverFault {
        namespace.run(
                "sysctl",
                "--quiet",
                "--write",
                "net.ipv6.conf.all.disable_ipv6=1",
                "net.ipv6.conf.default.disable_ipv6=1",
                FORWARDS + "=1",
                // It answers for its address on the bridge, and not there for that of its way to the outside.
                "net.ipv4.conf.all.arp_ignore=1",
                "net.ipv4.conf.default.arp_ignore=1",
                "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.default.rp_filter=0",
                "net.ipv4.conf.all.send_redirects=0",
                "net.ipv4.conf.default.send_redirects=0");
    }

    private Inside inside(SegmentNames names, @Nullable Gateway gateway, Instant now) throws DriverFault {
        Namespace namespace = namespace(names);
        long number = namespace.number().orElse(0L);
        Inside inside = seen.get(names.key());
        if (inside == null || inside.number() != number || looks.isDue(names.key(), inside.at(), now)) {
            inside = new Inside(number, now, Devices.of(namespace), passage(names, gateway, namespace));
            seen.put(names.key(), inside);
        }
        return inside;
    }

    private String passage(SegmentNames names, @Nullable Gateway gateway, Namespace namespace) throws DriverFault {
        if (!namespace.run("sysctl", "--values", FORWARDS).strip().equals("1")) {
            return "its namespace does not forward packets any more";
        }
        return gateway != null && gateway.nat()
                ? outside.defectOfPassage(names, namespace, directory(names), Prefix.parse(gateway.address()))
                : "";
    }

    private Dnsmasq dnsmasq(SegmentNames names) {
        return new Dnsmasq(programs, namespace(names), directory(names));
    }

    private OwnDirectory directory(SegmentNames names) {
        return new OwnDirectory(directory.resolve(names.key().id()));
    }
}

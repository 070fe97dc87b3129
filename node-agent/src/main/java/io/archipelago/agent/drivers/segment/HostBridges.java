package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.IpBatch;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bridges of clusters on a host that runs their machines. One port of each leads to the other hosts: the VLAN interface, or if this
 * host is the gateway too, a pair of interfaces to the namespace that has it. The host itself has no address in any of them, and hears
 * nothing that is sent to it in there: else whoever gives a machine an address of the host's own network would reach its services.
 */
final class HostBridges {

    private static final KernelTree IPV4 = new KernelTree(Path.of("/proc/sys/net/ipv4/conf"));
    private static final KernelTree IPV6 = new KernelTree(Path.of("/proc/sys/net/ipv6/conf"));

    /**
     * No question for an address is answered, a packet is taken only from whom it would be sent to there, which is nobody, and none is sent
     * on; as of ip-sysctl. Whoever switches forwarding on for the host switches it on here too.
     */
    private static final Map<String, String> DEAF = Map.of("arp_ignore", "8", "rp_filter", "1", "forwarding", "0");

    private static final KernelTree BRIDGED = new KernelTree(Path.of("/proc/sys/net/bridge"));

    private final Programs programs;
    private final Modules modules;
    private final Trunk trunk;

    HostBridges(Programs programs, Modules modules, Trunk trunk) {
        this.programs = programs;
        this.modules = modules;
        this.trunk = trunk;
    }

    /**
     * What is wrong with one, a sentence; empty if nothing is.
     *
     * @param port that leads to the other hosts
     */
    String defect(SegmentNames names, String port, Devices devices) throws DriverFault {
        Device uplink = devices.get(port);
        Device bridge = devices.get(names.hostBridge());
        if (uplink == null || bridge == null) {
            return "its %s is not there".formatted(uplink == null ? "interface " + port : "bridge");
        }
        if (!uplink.alias().equals(names.alias()) || !bridge.alias().equals(names.alias())) {
            return "its interfaces do not bear its name";
        }
        if (!uplink.bridge().equals(bridge.name())) {
            return port + " is no port of its bridge";
        }
        if (!uplink.isUp() || !bridge.isUp()) {
            return "its interfaces are down";
        }
        if (!bridge.quiet()
                || !isSilent(uplink)
                || !isSilent(bridge)
                || !bridge.addresses().isEmpty()) {
            return "its bridge was changed";
        }
        return "";
    }

    /** Whether one is as specified. */
    boolean matches(SegmentNames names, String port, SegmentSpec spec, Devices devices) {
        Device uplink = devices.get(port);
        Device bridge = devices.get(names.hostBridge());
        return uplink != null
                && bridge != null
                && (!uplink.kind().equals("vlan") || trunk.carries(uplink, spec.vlan()))
                && uplink.mtu() == spec.mtu()
                && bridge.mtu() == spec.mtu();
    }

    /** One with the VLAN interface as its port. */
    void make(SegmentNames names, SegmentSpec spec, Devices devices) throws DriverFault {
        String name = names.hostVlan();
        makeBridge(names, name, devices);
        Device vlan = devices.get(name);
        if (vlan != null && !trunk.carries(vlan, spec.vlan())) {
            programs.run("ip", "link", "delete", name);
            vlan = null;
        }
        if (vlan == null) {
            trunk.add(spec, devices, name, List.of());
        }
        plug(names, name, spec);
    }

    /** One that leads to the segment's namespace on this host. */
    void make(SegmentNames names, SegmentSpec spec, Namespace gateway, Devices devices) throws DriverFault {
        String name = names.hostPort();
        String inside = SegmentNames.MACHINES;
        makeBridge(names, name, devices);
        if (devices.get(name) == null) {
            modules.load("veth");
            programs.run("ip", "link", "add", name, "type", "veth", "peer", "name", inside, "netns", gateway.name());
        }
        plug(names, name, spec);
        gateway.ip()
                .add("link set %s mtu %d master %s up", inside, spec.mtu(), SegmentNames.BRIDGE)
                .run();
    }

    void remove(SegmentNames names, Devices devices) throws DriverFault {
        for (String name : List.of(names.hostVlan(), names.hostPort(), names.hostBridge())) {
            Device device = devices.get(name);
            if (device != null && Device.isOurs(device, names.alias())) {
                programs.run("ip", "link", "delete", name);
            }
        }
    }

    private void plug(SegmentNames names, String port, SegmentSpec spec) throws DriverFault {
        silence(port);
        silence(names.hostBridge());
        IpBatch.onHost(programs)
                .add("link set %s alias %s", port, names.alias())
                .add("link set %s mtu %d master %s up", port, spec.mtu(), names.hostBridge())
                .add("link set %s mtu %d up", names.hostBridge(), spec.mtu())
                .run();
    }

    private void makeBridge(SegmentNames names, String port, Devices devices) throws DriverFault {
        String name = names.hostBridge();
        Device present = devices.get(name);
        requireOurs(devices.get(port), names);
        requireOurs(present, names);
        requireApart();
        IpBatch batch = IpBatch.onHost(programs);
        if (present == null) {
            modules.load("bridge");
            batch.add("link add %s type bridge %s", name, Device.QUIET);
        } else {
            batch.add("link set %s type bridge %s", name, Device.QUIET).add("address flush dev %s", name);
        }
        batch.add("link set %s alias %s", name, names.alias()).run();
    }

    private static void requireOurs(@Nullable Device device, SegmentNames names) throws DriverFault {
        if (device != null && !Device.isOurs(device, names.alias())) {
            throw DriverFault.failed("the interface %s is there and is not ours, its alias is '%s': remove it"
                    .formatted(device.name(), device.alias()));
        }
    }

    /** Else the host's own firewall would judge what machines say to each other, or the host would hear them. */
    private static void requireApart() throws DriverFault {
        if (BRIDGED.says("bridge-nf-call-iptables", "1")) {
            throw DriverFault.failed("this host's firewall sees what machines send, and may drop it: "
                    + "set net.bridge.bridge-nf-call-iptables to 0 in /etc/sysctl.d");
        }
        // The kernel takes the larger one of that of all interfaces and each one's own: 2 lets through what 1 would
        // not.
        if (IPV4.at("all").says("rp_filter", "2")) {
            throw DriverFault.failed("this host takes packets from senders of tenants that it could not answer there: "
                    + "set net.ipv4.conf.all.rp_filter to 0 or 1 in /etc/sysctl.d");
        }
    }

    /** The host says nothing of its own into a cluster, and takes nothing out of it. */
    private static void silence(String device) throws DriverFault {
        for (Map.Entry<String, String> each : DEAF.entrySet()) {
            IPV4.at(device).say(each.getKey(), each.getValue());
        }
        if (IPV6.at(device).exists()) {
            IPV6.at(device).say("disable_ipv6", "1");
        }
    }

    private static boolean isSilent(Device device) throws DriverFault {
        for (Map.Entry<String, String> each : DEAF.entrySet()) {
            if (!IPV4.at(device.name()).says(each.getKey(), each.getValue())) {
                return false;
            }
        }
        return !IPV6.at(device.name()).says("disable_ipv6", "0");
    }
}

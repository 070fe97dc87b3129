package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.IpBatch;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The clusters' VLAN interfaces and bridges on a host that runs their machines. The host itself has no address in any of them. */
final class HostBridges {

    private static final KernelTree IPV6 = new KernelTree(Path.of("/proc/sys/net/ipv6/conf"));
    private static final KernelTree BRIDGED = new KernelTree(Path.of("/proc/sys/net/bridge"));

    private final Programs programs;
    private final Trunk trunk;

    HostBridges(Programs programs, Trunk trunk) {
        this.programs = programs;
        this.trunk = trunk;
    }

    /** What is wrong with one, a sentence; empty if nothing is. */
    String defect(SegmentNames names, Devices devices) throws DriverFault {
        Device vlan = devices.get(names.hostVlan());
        Device bridge = devices.get(names.hostBridge());
        if (vlan == null || bridge == null) {
            return "its %s is not there".formatted(vlan == null ? "VLAN interface" : "bridge");
        }
        if (!vlan.alias().equals(names.alias()) || !bridge.alias().equals(names.alias())) {
            return "its interfaces do not bear its name";
        }
        if (!vlan.bridge().equals(bridge.name())) {
            return "its VLAN interface is no port of its bridge";
        }
        if (!vlan.isUp() || !bridge.isUp()) {
            return "its interfaces are down";
        }
        if (!bridge.quiet()
                || speaksIpv6(vlan)
                || speaksIpv6(bridge)
                || !bridge.addresses().isEmpty()) {
            return "its bridge was changed";
        }
        return "";
    }

    /** Whether one is as specified. */
    boolean matches(SegmentNames names, SegmentSpec spec, Devices devices) {
        Device vlan = devices.get(names.hostVlan());
        Device bridge = devices.get(names.hostBridge());
        return vlan != null
                && bridge != null
                && trunk.carries(vlan, spec.vlan())
                && vlan.mtu() == spec.mtu()
                && bridge.mtu() == spec.mtu();
    }

    void make(SegmentNames names, SegmentSpec spec, Devices devices) throws DriverFault {
        requireOurs(devices.get(names.hostVlan()), names);
        requireOurs(devices.get(names.hostBridge()), names);
        requireUnfiltered();
        makeBridge(names, devices.get(names.hostBridge()));
        Device vlan = devices.get(names.hostVlan());
        if (vlan != null && !trunk.carries(vlan, spec.vlan())) {
            programs.run("ip", "link", "delete", vlan.name());
            vlan = null;
        }
        if (vlan == null) {
            trunk.add(spec, devices, names.hostVlan(), List.of());
        }
        silence(names.hostVlan());
        silence(names.hostBridge());
        IpBatch.onHost(programs)
                .add("link set %s alias %s", names.hostVlan(), names.alias())
                .add("link set %s mtu %d master %s up", names.hostVlan(), spec.mtu(), names.hostBridge())
                .add("link set %s mtu %d up", names.hostBridge(), spec.mtu())
                .run();
    }

    void remove(SegmentNames names, Devices devices) throws DriverFault {
        for (String name : List.of(names.hostVlan(), names.hostBridge())) {
            Device device = devices.get(name);
            if (device != null && Device.isOurs(device, names.alias())) {
                programs.run("ip", "link", "delete", name);
            }
        }
    }

    private void makeBridge(SegmentNames names, @Nullable Device present) throws DriverFault {
        String name = names.hostBridge();
        IpBatch batch = IpBatch.onHost(programs);
        if (present == null) {
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

    /** Else the host's own firewall would judge what machines say to each other. */
    private static void requireUnfiltered() throws DriverFault {
        if (BRIDGED.says("bridge-nf-call-iptables", "1")) {
            throw DriverFault.failed("this host's firewall sees what machines send, and may drop it: "
                    + "set net.bridge.bridge-nf-call-iptables to 0 in /etc/sysctl.d");
        }
    }

    /** The host says nothing of its own into a cluster. */
    private static void silence(String device) throws DriverFault {
        if (IPV6.at(device).exists()) {
            IPV6.at(device).say("disable_ipv6", "1");
        }
    }

    private static boolean speaksIpv6(@Nullable Device device) throws DriverFault {
        return IPV6.at(Objects.requireNonNull(device).name()).says("disable_ipv6", "0");
    }
}

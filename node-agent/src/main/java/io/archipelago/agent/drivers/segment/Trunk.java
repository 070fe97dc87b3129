package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.util.ArrayList;
import java.util.List;

/** The network card on which the clusters' VLANs arrive, tagged (IEEE 802.1Q). */
final class Trunk {

    private final Programs programs;
    private final String name;
    private final Modules modules;

    Trunk(Programs programs, Modules modules, String name) {
        this.programs = programs;
        this.modules = modules;
        this.name = name;
    }

    /** What is wrong with it, a sentence; empty if nothing is. */
    String defect(Devices devices) {
        Device trunk = devices.get(name);
        if (trunk == null) {
            return "this host has no network card %s, which is to be the trunk".formatted(name);
        }
        if (!trunk.isUp()) {
            return "the trunk %s is down: ip link set %s up".formatted(name, name);
        }
        return trunk.hasCarrier()
                ? ""
                : "the trunk %s has no link: look at its cable and at the switch".formatted(name);
    }

    /** Whether an interface is that of a VLAN of it. */
    boolean carries(Device device, int vlan) {
        return device.isVlanOf(name, vlan);
    }

    /**
     * Makes a VLAN interface on it.
     *
     * @param where further arguments that say where, as of ip-link(8)
     */
    void add(SegmentSpec spec, Devices devices, String device, List<String> where) throws DriverFault {
        require(spec, devices);
        modules.load("8021q");
        List<String> command = new ArrayList<>(List.of("ip", "link", "add", "link", name, "name", device));
        command.add("mtu");
        command.add(Integer.toString(spec.mtu()));
        command.addAll(where);
        command.addAll(List.of("type", "vlan", "id", Integer.toString(spec.vlan())));
        Programs.Ended ended = programs.end(command);
        if (ended.err().contains("VLAN device already exists")) {
            throw taken(spec.vlan(), "an interface in a network namespace");
        }
        if (ended.code() != 0) {
            throw DriverFault.failed(
                    "VLAN %d can not be taken from the trunk %s: %s".formatted(spec.vlan(), name, ended.said()));
        }
    }

    private void require(SegmentSpec spec, Devices devices) throws DriverFault {
        for (Device other : devices.all()) {
            if (other.isVlanOf(name, spec.vlan())) {
                throw taken(spec.vlan(), "the interface " + other.name());
            }
            if (other.name().equals(name) && other.mtu() < spec.mtu()) {
                throw DriverFault.failed(
                        "the trunk %s carries frames of %d bytes, and the cluster's have %d: raise its MTU"
                                .formatted(name, other.mtu(), spec.mtu()));
            }
        }
    }

    private DriverFault taken(int vlan, String by) {
        return DriverFault.failed(
                "VLAN %d of the trunk %s already serves %s: remove that, or do not give this VLAN id to clusters"
                        .formatted(vlan, name, by));
    }
}

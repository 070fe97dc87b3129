package io.archipelago.agent.linux;

import io.archipelago.contracts.host.HostMessage.HostRole;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a host must have for its roles.
 *
 * @param programs that its drivers run
 * @param modules of the kernel
 */
record Needs(List<String> programs, List<String> modules) {

    static Needs of(Set<HostRole> roles) {
        Set<String> programs = new TreeSet<>();
        Set<String> modules = new TreeSet<>();
        for (HostRole role : roles) {
            Needs needs = of(role);
            programs.addAll(needs.programs());
            modules.addAll(needs.modules());
        }
        return new Needs(List.copyOf(programs), List.copyOf(modules));
    }

    private static Needs of(HostRole role) {
        return switch (role) {
            case COMPUTE ->
                new Needs(
                        List.of("ip", "modprobe", "iscsiadm", "iscsid", "virsh", "qemu-system-x86_64"),
                        List.of("8021q", "bridge", "tun", "iscsi_tcp", "sd_mod"));
            case GATEWAY ->
                new Needs(
                        List.of(
                                "ip",
                                "bridge",
                                "tc",
                                "modprobe",
                                "sysctl",
                                "kill",
                                "ping",
                                "arping",
                                "dnsmasq",
                                "iptables-legacy",
                                "openvpn",
                                "openssl",
                                "squid",
                                "curl",
                                "ebtables-legacy"),
                        List.of("8021q", "bridge", "veth", "tun"));
            case STORAGE ->
                new Needs(
                        List.of("lvs", "vgs", "lvcreate", "lvchange", "lvextend", "lvremove", "blkdiscard", "modprobe"),
                        List.of("dm_mod", "target_core_mod", "target_core_iblock", "iscsi_target_mod"));
        };
    }
}

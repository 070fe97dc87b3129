package io.archipelago.agent.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs that drivers need, and the Debian packages in which they come. */
public final class Tools {

    private static final List<String> PLACES = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private static final Map<String, String> PACKAGES = Map.ofEntries(
            Map.entry("lvs", "lvm2"),
            Map.entry("vgs", "lvm2"),
            Map.entry("lvcreate", "lvm2"),
            Map.entry("lvchange", "lvm2"),
            Map.entry("lvextend", "lvm2"),
            Map.entry("lvremove", "lvm2"),
            Map.entry("vgchange", "lvm2"),
            Map.entry("iscsiadm", "open-iscsi"),
            Map.entry("iscsid", "open-iscsi"),
            Map.entry("ip", "iproute2"),
            Map.entry("bridge", "iproute2"),
            Map.entry("tc", "iproute2"),
            Map.entry("modprobe", "kmod"),
            Map.entry("openvpn", "openvpn"),
            Map.entry("virsh", "libvirt-clients"),
            Map.entry("libvirtd", "libvirt-daemon-system"),
            Map.entry("qemu-system-x86_64", "qemu-system-x86"),
            Map.entry("openssl", "openssl"),
            Map.entry("wg", "wireguard-tools"),
            Map.entry("wireguard-go", "wireguard-go"),
            Map.entry("ping", "iputils-ping"),
            Map.entry("arping", "arping"),
            Map.entry("squid", "squid-openssl"),
            Map.entry("iptables-legacy", "iptables"),
            Map.entry("iptables-nft", "iptables"),
            Map.entry("ebtables-legacy", "ebtables"),
            Map.entry("dnsmasq", "dnsmasq-base"),
            Map.entry("curl", "curl"),
            Map.entry("sysctl", "procps"),
            Map.entry("kill", "procps"));

    private static final Pattern ERROR = Pattern.compile("error[=:] ?(\\d+)");

    private Tools() {}

    /** A sentence for each program that is not there. */
    public static List<String> problems(List<String> programs) {
        return programs.stream()
                .filter(program -> PLACES.stream().noneMatch(place -> Files.isExecutable(Path.of(place, program))))
                .map(Tools::missing)
                .toList();
    }

    /** Why a program was not started, by the kernel's number for it in what Java says: {@code error=13} or {@code error: 13}. */
    static String notStarted(String program, IOException why) {
        String said = String.valueOf(why.getMessage());
        Matcher number = ERROR.matcher(said);
        return switch (number.find() ? Integer.parseInt(number.group(1)) : 0) {
            case 2 -> missing(program);
            case 1, 13 ->
                "the agent may not run %s: look at the file's mode, and at what the agent's unit lets it do"
                        .formatted(program);
            case 11, 12 -> "this host has no memory, or no process, left to start %s".formatted(program);
            default -> "%s can not be started: %s".formatted(program, said);
        };
    }

    static String missing(String program) {
        String from = PACKAGES.get(program);
        return from == null
                ? program + " is not on this host"
                : "%s is not on this host: apt-get install %s".formatted(program, from);
    }
}

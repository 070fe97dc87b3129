package io.archipelago.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The Debian packages of a lab. Its hosts run on the machine's own files, so what a real host would need is installed on the machine. No
 * daemon that comes with them is started there.
 */
final class Packages {

    /** For the lab itself, then what the drivers of the node-agent use. Of those between bars any one will do. */
    private static final List<String> NEEDED = List.of(
            "user-mode-linux",
            "patchelf",
            "socat",
            "iproute2",
            "kmod",
            "iputils-ping",
            "tcpdump",
            "iperf3",
            "lvm2",
            "thin-provisioning-tools",
            "open-iscsi",
            "openvpn",
            "squid-openssl|squid",
            "iptables",
            "ebtables",
            "dnsmasq-base",
            "qemu-system-x86",
            "qemu-block-extra",
            "qemu-utils",
            "ipxe-qemu",
            "libvirt-daemon-system",
            "libvirt-clients",
            "linux-image-cloud-amd64",
            "wireguard-tools",
            "wireguard-go",
            "openssl",
            "arping",
            "curl",
            "procps",
            "e2fsprogs",
            "python3",
            "busybox-static",
            "cpio");

    private static final Duration LIMIT = Duration.ofMinutes(15);
    /** What the installation asks before it starts a daemon; 101 is "no". */
    private static final Path POLICY = Path.of("/usr/sbin/policy-rc.d");

    private static final String DENIAL = """
            #!/bin/sh
            # Made by ./vc lab up while it installs packages: none of their daemons is to run on this machine.
            exit 101
            """;

    private Packages() {}

    /** Installs those that are missing, and says which. */
    static void install(Consumer<String> says) throws IOException, InterruptedException {
        installMissing(says);
        Uml.obtain(says);
    }

    private static void installMissing(Consumer<String> says) throws IOException, InterruptedException {
        List<String> missing = missing();
        if (missing.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("apt-get", "install", "-y", "--no-install-recommends"));
        command.addAll(missing);
        says.accept("Installing what the lab's hosts need:\n  " + String.join(" ", command));
        // Whoever has a policy of its own keeps it.
        boolean denied = Files.exists(POLICY);
        try {
            if (!denied) {
                Files.writeString(POLICY, DENIAL);
                Files.setPosixFilePermissions(POLICY, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            List<String> quietly = new ArrayList<>(List.of("env", "DEBIAN_FRONTEND=noninteractive"));
            quietly.addAll(command);
            Result installed = Tools.run(LIMIT, quietly);
            if (installed.code() != 0) {
                // A machine that is new knows no package yet.
                Tools.run(LIMIT, List.of("apt-get", "update"));
                installed = Tools.run(LIMIT, quietly);
            }
            if (installed.code() != 0) {
                throw new IOException("The packages were not installed: %s. Run it by hand: apt-get update; %s"
                        .formatted(installed.said(), String.join(" ", command)));
            }
        } finally {
            undoInterruptedInstall();
        }
    }

    /** The answer "no" to every daemon would otherwise stay for ever. */
    static void undoInterruptedInstall() throws IOException {
        if (Files.exists(POLICY) && Files.readString(POLICY).equals(DENIAL)) {
            Files.delete(POLICY);
        }
    }

    private static List<String> missing() throws IOException, InterruptedException {
        List<String> query =
                new ArrayList<>(List.of("dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\\n"));
        NEEDED.forEach(needed -> query.addAll(choices(needed)));
        // It ends with 1 as soon as it does not know one of them.
        return missing(NEEDED, Tools.run(Tools.PATIENCE, query).out());
    }

    /** Those of the needed that are not said to be installed, each in a line with its state. */
    static List<String> missing(List<String> needed, String states) {
        Set<String> installed = states.lines()
                .filter(line -> line.endsWith(" installed"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .collect(Collectors.toSet());
        return needed.stream()
                .filter(one -> choices(one).stream().noneMatch(installed::contains))
                .map(one -> choices(one).getFirst())
                .toList();
    }

    private static List<String> choices(String needed) {
        return List.of(needed.split("\\|", -1));
    }
}

package io.archipelago.lab;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * The Debian packages of a lab. Its hosts run on the machine's own files, so what a real host would need is installed on the machine.
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

    private Packages() {}

    /** Installs those that are missing, and says which. */
    static void install(Consumer<String> says) throws IOException, InterruptedException {
        DebianPackages.install("the lab's hosts need", NEEDED, says);
        Uml.obtain(says);
    }
}

package io.archipelago.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** Things on hosts that are nobody's of ours, of each sort that agents make: none of them may ever be touched. */
final class Foreign {

    /** On the trunks of compute hosts and gateways; the agents are given others. */
    static final int VLAN = 4001;

    private static final Duration LIMIT = Duration.ofMinutes(2);
    static final String BRIDGE = "br-foreign";
    static final String DOMAIN_NAME = "foreign";
    private static final String TARGET = "/sys/kernel/config/target/iscsi/iqn.2001-04.com.example:foreign";
    private static final String DOMAIN = """
            <domain type='qemu'>
              <name>foreign</name>
              <uuid>0e0fb1cd-2d0c-4f5f-9e65-3b6f7f1f6a01</uuid>
              <memory unit='MiB'>64</memory>
              <os><type arch='x86_64'>hvm</type></os>
            </domain>
            """;

    private Foreign() {}

    /** Those that are there stay as they are; a host whose power failed has lost all but the volume. */
    static void plant(LabHost host) throws IOException {
        switch (host.role()) {
            case STORAGE -> {
                plant(host, List.of("lvs", "vg0/foreign"), "lvcreate -qq --yes --size 8M --name foreign vg0");
                plant(host, List.of("test", "-d", TARGET), "modprobe iscsi_target_mod; mkdir -p " + TARGET);
            }
            case COMPUTE -> {
                plantBridge(host);
                // It has just been started when the host has.
                await().atMost(LIMIT)
                        .until(() -> host.run(LIMIT, "virsh", "list").code() == 0);
                Files.writeString(host.share().resolve("foreign.xml"), DOMAIN);
                plant(
                        host,
                        List.of("virsh", "dominfo", DOMAIN_NAME),
                        "virsh define /lab/hosts/" + host.name() + "/foreign.xml");
            }
            case GATEWAY -> {
                plantBridge(host);
                plant(
                        host,
                        List.of(
                                "iptables-legacy",
                                "-C",
                                "FORWARD",
                                "-i",
                                BRIDGE,
                                "-d",
                                "198.51.100.77",
                                "-j",
                                "ACCEPT"),
                        "iptables-legacy -A FORWARD -i " + BRIDGE + " -d 198.51.100.77 -j ACCEPT");
                plant(host, List.of("test", "-e", "/run/netns/foreign"), "ip netns add foreign");
            }
            case WAN -> {}
        }
    }

    /** What a storage host whose power failed has not lost. */
    static void assertKept(LabHost storage) throws IOException {
        storage.output(LIMIT, "lvs", "vg0/foreign");
    }

    /** With a VLAN on the trunk. */
    private static void plantBridge(LabHost host) throws IOException {
        plant(
                host,
                List.of("test", "-e", "/sys/class/net/" + BRIDGE),
                "ip link add " + BRIDGE + " type bridge; ip link add link eth1 name eth1.4001 type vlan id " + VLAN
                        + "; ip link set eth1.4001 master " + BRIDGE + " up; ip link set " + BRIDGE + " up");
    }

    private static void plant(LabHost host, List<String> isThere, String script) throws IOException {
        if (host.run(LIMIT, isThere.toArray(String[]::new)).code() != 0) {
            host.output(LIMIT, "bash", "-ec", script);
        }
    }
}

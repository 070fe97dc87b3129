package io.archipelago.agent.drivers.machine;

import io.archipelago.contracts.host.ResourceKey;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A domain of libvirt that is ours: its definition bears a resource's key, and its UUID follows from that.
 *
 * @param key the machine that it is
 * @param state what it does
 * @param why why it does, in libvirt's words
 * @param accelerator what carries out its instructions: {@code kvm}, or {@code qemu} for QEMU by itself
 * @param hardware what it is made of
 * @param uses the keys of what it stands on, as written in its definition
 */
record Domain(ResourceKey key, State state, String why, String accelerator, Hardware hardware, Set<ResourceKey> uses) {

    private static final String PREFIX = "archipelago-";
    private static final int UUID_PREFIX = 8;

    Domain {
        uses = Set.copyOf(uses);
    }

    /** What a domain does. */
    enum State {
        RUNNING,
        PAUSED,
        /** The guest has switched itself off, and QEMU is about to end. */
        ENDING,
        /** Only its definition is there. */
        OFF,
        /** The guest's kernel gave up; QEMU holds what is left of it. */
        CRASHED,
        /** Anything that no machine of ours ought to get into, such as sleep. */
        OTHER;

        /** Whether QEMU runs, and holds the disk and the network card. */
        boolean isAlive() {
            return this != OFF;
        }

        /** Whether it has to be ended before it can run again. */
        boolean isBeyondHelp() {
            return this == CRASHED || this == OTHER;
        }
    }

    /**
     * What is compared with a specification.
     *
     * @param name the machine's host name
     * @param cpus virtual processors
     * @param memoryBytes memory
     * @param mac of its network card
     * @param address its address in the cluster
     * @param disk the path of the block device that it has as its disk
     * @param device the kernel's number of that block device when it was started, as 8:16; empty if that is not known
     * @param bridge the bridge that its network card is plugged into
     * @param reboot the generation with which somebody had asked last that it be rebooted when it was started
     */
    record Hardware(
            String name,
            int cpus,
            long memoryBytes,
            String mac,
            String address,
            String disk,
            String device,
            String bridge,
            long reboot) {

        /** The same, on another block device. */
        Hardware on(String other) {
            return new Hardware(name, cpus, memoryBytes, mac, address, disk, other, bridge, reboot);
        }
    }

    /** The UUID of the domain of a machine. */
    static UUID uuid(ResourceKey key) {
        return UUID.nameUUIDFromBytes(key.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The name of the domain of a machine: what the key ends with, for people, and enough of the UUID to be the only one. */
    static String name(ResourceKey key) {
        String last = key.id().substring(key.id().lastIndexOf('.') + 1).replaceAll("[^A-Za-z0-9_-]", "-");
        return PREFIX + last + "-" + uuid(key).toString().substring(0, UUID_PREFIX);
    }

    UUID uuid() {
        return uuid(key);
    }

    String name() {
        return name(key);
    }

    /** Names and figures for operators; the same as long as the domain is. */
    Map<String, String> details() {
        return Map.of(
                "name", hardware.name(),
                "mac", hardware.mac(),
                "address", hardware.address(),
                "domain", name(),
                "accelerator", accelerator);
    }
}

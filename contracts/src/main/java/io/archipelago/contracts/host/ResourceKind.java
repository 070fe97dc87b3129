package io.archipelago.contracts.host;

import io.archipelago.contracts.Participant;
import java.util.Locale;

/** The kinds of things on hosts, each with its single writer. */
public enum ResourceKind {
    /** A virtual machine, on a compute host. */
    MACHINE(Participant.PLACEMENT),
    /** The cluster's VLAN interface and bridge, on every host that carries one of its machines and on the gateway. */
    SEGMENT(Participant.NETWORK),
    /** One end of an Ethernet VPN, on a gateway. */
    LINK(Participant.NETWORK),
    /** A logical volume and its iSCSI target, on a storage host. */
    VOLUME(Participant.STORAGE),
    /** The volume's LUN attached, on a compute host. */
    DISK(Participant.STORAGE),
    /** A transparent package cache, on a gateway. */
    CACHE(Participant.CACHE);

    private final Participant owner;

    ResourceKind(Participant owner) {
        this.owner = owner;
    }

    public Participant owner() {
        return owner;
    }

    /** As it stands in keys: {@code machine}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package io.archipelago.storage.domain;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;

/** CHAP names and secrets of volumes; a secret leaves the service only sealed to the key of a host that needs it. */
public interface ChapSecrets {

    /** The name that the initiator gives. */
    String user(ResourceKey volume);

    /** Whether a host has announced a key: nothing can be sealed to it before. */
    boolean sealable(HostId host);

    /** The volume's secret, readable by that host alone; {@link IllegalStateException} unless it is {@link #sealable}. */
    String sealed(ResourceKey volume, HostId host);

    /** Whether what was sealed to a host is sealed to another key than the one that it announced last. */
    boolean outdated(String sealed, HostId host);
}

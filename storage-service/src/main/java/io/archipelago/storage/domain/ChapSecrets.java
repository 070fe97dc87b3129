package io.archipelago.storage.domain;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;

/** CHAP names and secrets of volumes; a secret leaves the service only sealed to the key of a host that needs it. */
public interface ChapSecrets {

    /** The name that the initiator gives. */
    String user(ResourceKey volume);

    /** The volume's secret, readable by that host alone; {@link IllegalStateException} if the host has announced no key. */
    String sealed(ResourceKey volume, HostId host);
}

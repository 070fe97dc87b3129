package io.archipelago.agent;

import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import org.jspecify.annotations.Nullable;

/** A host whose desired topic is read. What it is told it takes without waiting. */
interface Follower {

    HostId id();

    /** A message of the desired topic; no envelope: a tombstone. */
    void hear(ResourceKey key, @Nullable Envelope envelope);

    /** Messages were heard, for now all that there are. */
    void heard();

    /** The desired topic was read to its end. */
    void caughtUp();

    /** The broker has not answered for a while. */
    void brokerUnreachable();

    /** Whether its agent knows all that is desired, or can not be expected to. */
    boolean isReady();
}

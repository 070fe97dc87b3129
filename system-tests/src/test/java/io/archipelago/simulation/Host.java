package io.archipelago.simulation;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import java.util.Map;

/** A host with its agent. What is on it outlives the agent's crashes. */
interface Host extends Lane.Consumer {

    HostId id();

    /** What is really on it. */
    Map<ResourceKey, ResourceSpec> things();

    /** The agent dies. */
    void crash();

    /** The agent starts, if it does not run. */
    void restart();

    /** The host's clock was set with the site's. */
    void clockJumped();

    /** Something changed at another host of the site that things here may wait for. */
    void poke();
}

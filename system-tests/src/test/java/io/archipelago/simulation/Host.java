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

    /** Its network to the broker breaks; what runs on it goes on. */
    void cut();

    /** Its power fails: all is lost but its volumes, and nobody serves them. */
    void switchOff();

    /** It burns down; nothing of it ever comes back. */
    void destroy();

    /** Power and network are back, unless it was destroyed. */
    void mend();

    /** Whether it has power. */
    boolean isOn();

    /** Whether it was destroyed. */
    boolean isDestroyed();

    /** When a heartbeat of it last reached the broker, in true time. */
    long spokeAt();

    /** Since when its agent has been at work, in true time. */
    long atWorkSince();

    /** The host's clock was set with the site's. */
    void clockJumped();

    /** Something changed at another host of the site that things here may wait for. */
    void poke();
}

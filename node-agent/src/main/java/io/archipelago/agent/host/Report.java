package io.archipelago.agent.host;

import io.archipelago.contracts.host.HostMessage;
import io.archipelago.contracts.host.ResourceKey;

/** What an agent has to publish, in this order, on its host's observed topic. */
public sealed interface Report {

    /** The message's key. */
    String key();

    /** A message. */
    record Said(String key, HostMessage message) implements Report {}

    /** There is nothing to be said of this resource any more: a message without a value. */
    record Forgotten(ResourceKey resource) implements Report {
        @Override
        public String key() {
            return resource.toString();
        }
    }
}

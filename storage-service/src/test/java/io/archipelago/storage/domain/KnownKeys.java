package io.archipelago.storage.domain;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import java.util.Map;

/** Says what is sealed to whom; hosts that stand in a map have another key than at first, or none. */
record KnownKeys(Map<HostId, String> keys) implements ChapSecrets {
    @Override
    public String user(ResourceKey volume) {
        return "user";
    }

    @Override
    public boolean sealable(HostId host) {
        return !key(host).equals("none");
    }

    @Override
    public String sealed(ResourceKey volume, HostId host) {
        return volume + " for " + host + key(host);
    }

    @Override
    public boolean outdated(String sealed, HostId host) {
        return !sealed.endsWith(host + key(host));
    }

    private String key(HostId host) {
        return keys.getOrDefault(host, "");
    }
}

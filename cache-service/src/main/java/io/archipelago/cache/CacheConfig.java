package io.archipelago.cache;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What this site's package caches may take. */
@ConfigMapping(prefix = "cache")
public interface CacheConfig {

    /** The space on a gateway that is booked for one cluster's cache. */
    @WithDefault("4G")
    MemorySize perCluster();
}

package io.archipelago.storage;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What this site's storage may give. */
@ConfigMapping(prefix = "storage")
public interface StorageConfig {

    /** The extents of this site's volume groups, in bytes, at least 1: volumes are booked and made in multiples of the largest. */
    @WithDefault("4194304")
    long extentBytes();
}

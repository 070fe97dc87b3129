package io.archipelago.agent.drivers.cache;

import java.nio.file.Path;

/**
 * What package caches stand on at a gateway.
 *
 * @param directory for what they keep, on a disk; every directory on the way to it can be entered by the user {@code proxy}; such as
 *     {@code /var/cache/archipelago}
 */
public record CacheSettings(Path directory) {}

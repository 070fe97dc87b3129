package io.archipelago.agent.world;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import java.time.Instant;

/**
 * Somebody tried what no site may ever try, such as to start more machines than a host can carry. The simulated host refused.
 *
 * @param at when it was tried first
 * @param host where
 * @param key the resource that it was tried with
 * @param what a sentence
 */
public record Violation(Instant at, HostId host, ResourceKey key, String what) {}

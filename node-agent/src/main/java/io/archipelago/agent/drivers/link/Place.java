package io.archipelago.agent.drivers.link;

/**
 * Where the gateway's side of a cluster is.
 *
 * @param namespace the network namespace of the cluster
 * @param bridge the bridge of its segment in there
 */
public record Place(String namespace, String bridge) {}

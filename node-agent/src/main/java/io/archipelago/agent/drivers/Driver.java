package io.archipelago.agent.drivers;

import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Instant;
import java.util.Map;

/**
 * Sees and changes the resources of one kind on one host.
 *
 * <p>A driver remembers nothing that matters: our id is written on the thing itself, and is checked before anything destructive. Every
 * step may be repeated, and may be cut off at any instruction: the next {@link #observe} tells what came of it. A step that takes long is
 * begun and left to go on by itself; until it is done it is observed as MAKING or REMOVING. One thread at a time calls a driver.
 *
 * @param <S> the specification of the kind
 */
public interface Driver<S extends ResourceSpec> {

    ResourceKind kind();

    Class<S> specType();

    /**
     * Everything of ours of this kind that is on the host, wanted or not. What is missing from the answer is not there.
     *
     * @param wanted what the resources should be like, to compare with; a resource without an entry is wanted by nobody and is only
     *     looked at in itself
     * @throws DriverFault if the host does not let itself be looked at; nothing is concluded then
     */
    Map<ResourceKey, Observed> observe(Map<ResourceKey, S> wanted, Instant now) throws DriverFault;

    /**
     * Makes the resource like this, whatever is there now. Does nothing if it already is.
     *
     * @throws DriverFault if it did not work; it is tried again later
     */
    void apply(ResourceKey key, S spec, Instant now) throws DriverFault;

    /**
     * Removes the resource. Does nothing if it is not there or already on its way out.
     *
     * @throws DriverFault if it did not work; it is tried again later
     */
    void remove(ResourceKey key, Instant now) throws DriverFault;

    /** Ends what it does in the background. What is on the host stays as it is. */
    default void close() {}
}

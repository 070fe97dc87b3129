package io.archipelago.bus.protocol;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.allocation.ResourceStatus;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.ResourceObserved;
import io.archipelago.contracts.host.Phase;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a participant wants on a host and what was last seen of it. Kept after it is gone, so that generations never fall and an orphan can
 * be told from a stranger's.
 *
 * @param host where
 * @param key what
 * @param name what the tenant calls it: see {@link ResourceStatus#name()}
 * @param generation of the specification
 * @param absent whether it is to be gone
 * @param notAfter see {@link DesiredResource#notAfter()}
 * @param spec the specification
 * @param phase what was last seen of this generation; PENDING if nothing was
 * @param reason why it is not ready
 * @param cleared whether it was seen gone since it was last wanted: nothing is booked for it any more, even if it is seen again
 * @param epoch of the last observation
 * @param counter of the last observation
 */
public record Resource(
        HostId host,
        ResourceKey key,
        String name,
        long generation,
        boolean absent,
        @Nullable Instant notAfter,
        ResourceSpec spec,
        Phase phase,
        String reason,
        boolean cleared,
        long epoch,
        long counter) {

    /** A resource that was never wanted before. */
    public static Resource wanted(Wanted wanted, @Nullable Instant notAfter) {
        return new Resource(
                wanted.host(),
                wanted.key(),
                wanted.name(),
                1,
                false,
                notAfter,
                wanted.spec(),
                Phase.PENDING,
                "",
                false,
                0,
                0);
    }

    /**
     * A thing of which no more is known than its key, no longer wanted. Nothing was ever booked for it.
     *
     * @param generation above every one that its agent knows of it
     * @throws IllegalArgumentException if its id names no allocation
     */
    public static Resource stranger(HostId host, ResourceKey key, long generation) {
        ResourceSpec spec = ResourceSpec.unknown(host, key);
        return new Resource(host, key, key.id(), generation, true, null, spec, Phase.PENDING, "", true, 0, 0);
    }

    public AllocationId allocation() {
        return key.allocation();
    }

    /** Seen to be gone after it was no longer wanted. */
    public boolean gone() {
        return absent && phase == Phase.ABSENT;
    }

    /** What is published for the agent. */
    public DesiredResource desired() {
        return new DesiredResource(key, generation, absent, notAfter, spec);
    }

    /** What the tenant may know, and the host, which operators may. */
    public ResourceStatus status() {
        return new ResourceStatus(key.kind(), name, phase, reason, host);
    }

    /** The same, no longer wanted. */
    Resource removed() {
        return next(true, spec, notAfter);
    }

    /** The same, wanted like this. */
    Resource changed(ResourceSpec to, @Nullable Instant until) {
        return next(false, to, until);
    }

    /** The same, not yet published, to be like this. */
    Resource specified(ResourceSpec to) {
        return new Resource(host, key, name, generation, absent, notAfter, to, phase, reason, cleared, epoch, counter);
    }

    /** The same, to be like this from the next generation on. */
    Resource adjusted(ResourceSpec to) {
        return next(absent, to, notAfter);
    }

    /** Wanted as before, under a generation above one that an agent has seen. */
    Resource above(long seen) {
        Resource above = next(absent, spec, notAfter);
        return new Resource(
                host, key, name, seen + 1, absent, notAfter, spec, above.phase, above.reason, cleared, epoch, counter);
    }

    boolean olderThan(ResourceObserved observed) {
        return observed.epoch() > epoch || observed.epoch() == epoch && observed.counter() > counter;
    }

    /**
     * With what an agent saw; its phase counts only if it speaks of this generation. What was seen gone stays gone: the agent may be told to forget
     * it by now, and would not correct itself.
     */
    Resource seen(ResourceObserved observed) {
        boolean current = observed.generation() == generation && !gone();
        Phase next = current ? observed.phase() : phase;
        return new Resource(
                host,
                key,
                name,
                generation,
                absent,
                notAfter,
                spec,
                next,
                current ? observed.reason() : reason,
                cleared || absent && next == Phase.ABSENT,
                observed.epoch(),
                observed.counter());
    }

    private Resource next(boolean nextAbsent, ResourceSpec nextSpec, @Nullable Instant nextNotAfter) {
        return new Resource(
                host,
                key,
                name,
                generation + 1,
                nextAbsent,
                nextNotAfter,
                nextSpec,
                Phase.PENDING,
                "",
                cleared && nextAbsent,
                epoch,
                counter);
    }

    /**
     * What a participant wants on a host.
     *
     * @param host where
     * @param key what
     * @param name what the tenant calls it
     * @param spec the specification
     */
    public record Wanted(HostId host, ResourceKey key, String name, ResourceSpec spec) {}
}

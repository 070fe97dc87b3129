package io.archipelago.agent.world;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A simulated host: what is really on it. */
public final class SimHost {

    private final SimSite site;
    private final HostId id;
    private final SimCapacity capacity;
    private final Unsealer unsealer;
    private final Map<ResourceKey, SimThing> things = new LinkedHashMap<>();
    private final Set<String> unwiped = new TreeSet<>();
    private boolean powered = true;
    private long version;

    SimHost(SimSite site, HostId id, SimCapacity capacity, Unsealer unsealer) {
        this.site = site;
        this.id = id;
        this.capacity = capacity;
        this.unsealer = unsealer;
    }

    /**
     * Everything on a host, as it is written to a disk.
     *
     * @param powered whether it is switched on
     * @param things by their keys
     * @param unwiped pools with free space that a tenant has written to
     */
    public record Contents(boolean powered, Map<ResourceKey, SimThing> things, Set<String> unwiped) {
        public Contents {
            // What was written before there was such a thing as wiping says nothing of it.
            unwiped = unwiped == null ? Set.of() : Set.copyOf(unwiped);
        }
    }

    public SimSite site() {
        return site;
    }

    public HostId id() {
        return id;
    }

    public SimCapacity capacity() {
        return capacity;
    }

    public Optional<String> unseal(String sealed) {
        return unsealer.unseal(sealed);
    }

    public boolean isPowered() {
        synchronized (site) {
            return powered;
        }
    }

    /** Rises whenever something changes: tells whether the contents have to be written again. */
    public long version() {
        synchronized (site) {
            return version;
        }
    }

    public Contents contents() {
        synchronized (site) {
            return new Contents(powered, Map.copyOf(things), unwiped);
        }
    }

    /** Puts back what was written. */
    public void restore(Contents contents) {
        synchronized (site) {
            powered = contents.powered();
            things.clear();
            things.putAll(contents.things());
            unwiped.clear();
            unwiped.addAll(contents.unwiped());
        }
    }

    /** What is there now. */
    public Map<ResourceKey, SimThing> things(Instant now) {
        synchronized (site) {
            sweep(now);
            return new LinkedHashMap<>(things);
        }
    }

    public @Nullable SimThing thing(ResourceKey key, Instant now) {
        synchronized (site) {
            SimThing thing = things.get(key);
            return thing == null || thing.isGone(now) ? null : thing;
        }
    }

    /** Makes a resource, or makes it like this; it takes as long as its kind does. */
    public void make(ResourceKey key, ResourceSpec spec, Instant now) {
        synchronized (site) {
            sweep(now);
            SimThing before = things.get(key);
            boolean dirty = isExported(spec) || before != null && before.dirty();
            things.put(key, new SimThing(spec, now.plus(site.latency(key.kind())), false, true, dirty));
            version++;
        }
    }

    /** Removes a resource, and leaves its data where they are; it takes as long as its kind does. */
    public void remove(ResourceKey key, Instant now) {
        end(key, false, now);
    }

    /** Wipes a resource and removes it; it takes as long as its kind does. */
    public void wipe(ResourceKey key, Instant now) {
        end(key, true, now);
    }

    private void end(ResourceKey key, boolean wiped, Instant now) {
        synchronized (site) {
            SimThing thing = things.get(key);
            if (thing == null) {
                return;
            }
            Instant settlesAt = now.plus(site.latency(key.kind()));
            things.put(key, new SimThing(thing.spec(), settlesAt, true, thing.working(), thing.dirty() && !wiped));
            version++;
            sweep(now);
        }
    }

    /** Whether a pool has free space that a tenant has written to. It is what a volume is given first. */
    public boolean hasUnwipedSpace(String pool) {
        synchronized (site) {
            return unwiped.contains(pool);
        }
    }

    /** Takes away what is gone by now. */
    private void sweep(Instant now) {
        things.values().removeIf(thing -> {
            if (thing.isGone(now) && thing.dirty() && thing.spec() instanceof VolumeSpec volume) {
                unwiped.add(volume.pool());
            }
            if (thing.isGone(now)) {
                version++;
            }
            return thing.isGone(now);
        });
    }

    private static boolean isExported(ResourceSpec spec) {
        return spec instanceof VolumeSpec volume && volume.initiator() != null;
    }

    /** A mishap: a resource of ours appears that nobody asked for, or changes underneath. */
    public void plant(ResourceKey key, ResourceSpec spec, Instant now) {
        synchronized (site) {
            things.put(key, new SimThing(spec, now, false, true, isExported(spec)));
            version++;
        }
    }

    /** A mishap: a resource is gone, with its data. False if it was not there. */
    public boolean lose(ResourceKey key) {
        synchronized (site) {
            version++;
            return things.remove(key) != null;
        }
    }

    /** A mishap: the power fails. Only volumes stay, and nothing serves them; nothing starts by itself when the power is back. */
    public void cutPower(Instant now) {
        synchronized (site) {
            powered = false;
            things.keySet().removeIf(key -> key.kind() != ResourceKind.VOLUME);
            sweep(now);
            // What was being wiped may be half wiped.
            things.replaceAll((key, volume) ->
                    new SimThing(volume.spec(), now, false, false, volume.dirty() || volume.removing()));
            version++;
        }
    }

    public void restorePower() {
        synchronized (site) {
            powered = true;
            version++;
        }
    }

    /** Records that something was tried here that no site may ever try. */
    public void violated(Instant now, ResourceKey key, String what) {
        site.violated(now, id, key, what);
    }
}

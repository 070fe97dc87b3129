package io.archipelago.agent.world;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A simulated host: what is really on it. */
public final class SimHost {

    private final SimSite site;
    private final HostId id;
    private final SimCapacity capacity;
    private final Unsealer unsealer;
    private final Map<ResourceKey, SimThing> things = new LinkedHashMap<>();
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
     */
    public record Contents(boolean powered, Map<ResourceKey, SimThing> things) {}

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
            return new Contents(powered, Map.copyOf(things));
        }
    }

    /** Puts back what was written. */
    public void restore(Contents contents) {
        synchronized (site) {
            powered = contents.powered();
            things.clear();
            things.putAll(contents.things());
        }
    }

    /** What is there now. */
    public Map<ResourceKey, SimThing> things(Instant now) {
        synchronized (site) {
            if (things.values().removeIf(thing -> thing.isGone(now))) {
                version++;
            }
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
            things.put(key, new SimThing(spec, now.plus(site.latency(key.kind())), false, true));
            version++;
        }
    }

    /** Removes a resource; it takes as long as its kind does. */
    public void remove(ResourceKey key, Instant now) {
        synchronized (site) {
            SimThing thing = things.get(key);
            if (thing == null) {
                return;
            }
            Instant settlesAt = now.plus(site.latency(key.kind()));
            things.put(key, new SimThing(thing.spec(), settlesAt, true, thing.working()));
            things.values().removeIf(each -> each.isGone(now));
            version++;
        }
    }

    /** A mishap: a resource of ours appears that nobody asked for, or changes underneath. */
    public void plant(ResourceKey key, ResourceSpec spec, Instant now) {
        synchronized (site) {
            things.put(key, new SimThing(spec, now, false, true));
            version++;
        }
    }

    /** A mishap: a resource is gone. False if it was not there. */
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
            things.values().removeIf(thing -> thing.isGone(now));
            things.replaceAll((key, volume) -> new SimThing(volume.spec(), now, false, false));
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

package io.archipelago.agent.drivers;

import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the simulated drivers have in common: steps that take time or fail as the {@link io.archipelago.agent.world.SimSite} says. The
 * physics of its kind stands in each.
 *
 * @param <S> the specification of the kind
 */
public abstract class SimDriver<S extends ResourceSpec> implements Driver<S> {

    private final SimHost host;
    private final ResourceKind kind;
    private final Class<S> specType;

    protected SimDriver(SimHost host, ResourceKind kind, Class<S> specType) {
        this.host = host;
        this.kind = kind;
        this.specType = specType;
    }

    @Override
    public final ResourceKind kind() {
        return kind;
    }

    @Override
    public final Class<S> specType() {
        return specType;
    }

    protected final SimHost host() {
        return host;
    }

    @Override
    public final Map<ResourceKey, Observed> observe(Map<ResourceKey, S> wanted, Instant now) throws DriverFault {
        synchronized (host.site()) {
            requirePower();
            Map<ResourceKey, Observed> seen = new LinkedHashMap<>();
            host.things(now).forEach((key, thing) -> {
                if (key.kind() == kind) {
                    seen.put(key, observed(key, thing, wanted.get(key), now));
                }
            });
            return seen;
        }
    }

    @Override
    public final void apply(ResourceKey key, S spec, Instant now) throws DriverFault {
        synchronized (host.site()) {
            requirePower();
            SimThing thing = host.thing(key, now);
            S present = null;
            if (thing != null) {
                if (thing.removing()) {
                    throw DriverFault.waiting("the former one is still being removed");
                }
                present = specType.cast(thing.spec());
                if (isAs(spec, present)
                        && thing.working()
                        && defect(key, present, now).isEmpty()) {
                    return;
                }
            }
            mayStrike();
            admit(key, spec, present, now);
            host.make(key, spec, now);
        }
    }

    @Override
    public final void remove(ResourceKey key, Instant now) throws DriverFault {
        synchronized (host.site()) {
            requirePower();
            SimThing thing = host.thing(key, now);
            if (thing == null || thing.removing()) {
                return;
            }
            mayStrike();
            release(key, specType.cast(thing.spec()), now);
            end(key, now);
        }
    }

    /**
     * The physics of making it.
     *
     * @param present what is there of it already; null if nothing
     * @throws DriverFault if it can not be made; {@link #violate} if nobody should have tried
     */
    protected abstract void admit(ResourceKey key, S spec, @Nullable S present, Instant now) throws DriverFault;

    /** The physics of removing it: may refuse like {@link #admit}. */
    protected void release(ResourceKey key, S spec, Instant now) throws DriverFault {}

    /** How one is removed that may be. */
    protected void end(ResourceKey key, Instant now) {
        host.remove(key, now);
    }

    /** Whether one that is there is as it is wanted. */
    protected boolean isAs(S wanted, S present) {
        return wanted.equals(present);
    }

    /** What is said of one that is being removed. */
    protected String ending() {
        return "is being removed";
    }

    /** What is wrong with one that is there, a sentence; empty if nothing. */
    protected String defect(ResourceKey key, S spec, Instant now) {
        return "";
    }

    /** Figures and names of one that is there. */
    protected Map<String, String> details(S spec) {
        return Map.of();
    }

    /** Records a violation, and refuses. */
    protected final DriverFault violate(ResourceKey key, Instant now, String what) {
        host.violated(now, key, what);
        return DriverFault.failed(what);
    }

    /** Refuses to remove what another thing on this host stands on. */
    protected final void requireUnused(ResourceKey key, List<ResourceKind> users, Instant now) throws DriverFault {
        for (Map.Entry<ResourceKey, SimThing> each : host.things(now).entrySet()) {
            if (users.contains(each.getKey().kind())
                    && SimUses.of(host.id(), each.getValue().spec()).contains(key)) {
                throw violate(key, now, "was removed while " + each.getKey() + " stands on it");
            }
        }
    }

    private Observed observed(ResourceKey key, SimThing thing, @Nullable S wanted, Instant now) {
        S present = specType.cast(thing.spec());
        Set<ResourceKey> uses = SimUses.of(host.id(), present);
        if (!thing.isSettled(now)) {
            return thing.removing()
                    ? new Observed(Condition.REMOVING, ending(), Map.of(), uses)
                    : new Observed(Condition.MAKING, "is being made", Map.of(), uses);
        }
        String defect = thing.working() ? defect(key, present, now) : "nothing serves it since the power failed";
        if (!defect.isEmpty()) {
            return new Observed(Condition.BROKEN, defect, Map.of(), uses);
        }
        if (wanted != null && !isAs(wanted, present)) {
            return new Observed(Condition.DIFFERENT, "is not as specified", Map.of(), uses);
        }
        return new Observed(Condition.READY, "", details(present), uses);
    }

    private void requirePower() throws DriverFault {
        if (!host.isPowered()) {
            throw DriverFault.failed("the host is switched off");
        }
    }

    private void mayStrike() throws DriverFault {
        if (host.site().strikes(kind)) {
            throw DriverFault.failed("a simulated fault");
        }
    }
}

package io.archipelago.agent.drivers;

import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The drivers of one host, at most one for each kind. */
public final class Drivers {

    private final Map<ResourceKind, Driver<?>> byKind = new EnumMap<>(ResourceKind.class);

    public Drivers(List<Driver<?>> drivers) {
        for (Driver<?> driver : drivers) {
            if (byKind.put(driver.kind(), driver) != null) {
                throw new IllegalArgumentException("two drivers for " + driver.kind());
            }
        }
    }

    /** The kinds that this host can carry. */
    public Set<ResourceKind> kinds() {
        return byKind.keySet();
    }

    /** See {@link Driver#observe}; entries of {@code wanted} of other kinds are passed over. */
    public Map<ResourceKey, Observed> observe(ResourceKind kind, Map<ResourceKey, ResourceSpec> wanted, Instant now)
            throws DriverFault {
        return observe(driver(kind), wanted, now);
    }

    /** See {@link Driver#apply}. */
    public void apply(ResourceKey key, ResourceSpec spec, Instant now) throws DriverFault {
        apply(driver(key.kind()), key, spec, now);
    }

    /** See {@link Driver#remove}. */
    public void remove(ResourceKey key, Instant now) throws DriverFault {
        driver(key.kind()).remove(key, now);
    }

    /** See {@link Driver#close}. */
    public void close() {
        byKind.values().forEach(Driver::close);
    }

    private Driver<?> driver(ResourceKind kind) throws DriverFault {
        Driver<?> driver = byKind.get(kind);
        if (driver == null) {
            throw DriverFault.failed("this host has no driver for " + kind.wireName());
        }
        return driver;
    }

    private static <S extends ResourceSpec> Map<ResourceKey, Observed> observe(
            Driver<S> driver, Map<ResourceKey, ResourceSpec> wanted, Instant now) throws DriverFault {
        Map<ResourceKey, S> typed = new HashMap<>();
        wanted.forEach((key, spec) -> {
            if (key.kind() == driver.kind() && driver.specType().isInstance(spec)) {
                typed.put(key, driver.specType().cast(spec));
            }
        });
        return driver.observe(typed, now);
    }

    private static <S extends ResourceSpec> void apply(
            Driver<S> driver, ResourceKey key, ResourceSpec spec, Instant now) throws DriverFault {
        if (!driver.specType().isInstance(spec)) {
            throw DriverFault.failed(
                    "the specification is not of a " + driver.kind().wireName());
        }
        driver.apply(key, driver.specType().cast(spec), now);
    }
}

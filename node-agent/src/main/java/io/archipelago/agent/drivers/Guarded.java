package io.archipelago.agent.drivers;

import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Instant;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Keeps a bug in one driver from those of the other kinds: what the driver was not ready for is a fault of this kind, is logged with
 * its place, and is tried again.
 *
 * @param <S> the specification of the kind
 */
public final class Guarded<S extends ResourceSpec> implements Driver<S> {

    private static final Logger LOG = Logger.getLogger(Guarded.class);

    private final Driver<S> driver;

    public Guarded(Driver<S> driver) {
        this.driver = driver;
    }

    @Override
    public ResourceKind kind() {
        return driver.kind();
    }

    @Override
    public Class<S> specType() {
        return driver.specType();
    }

    @Override
    public Map<ResourceKey, Observed> observe(Map<ResourceKey, S> wanted, Instant now) throws DriverFault {
        try {
            return driver.observe(wanted, now);
        } catch (RuntimeException e) {
            throw bug(e);
        }
    }

    @Override
    public void apply(ResourceKey key, S spec, Instant now) throws DriverFault {
        try {
            driver.apply(key, spec, now);
        } catch (RuntimeException e) {
            throw bug(e);
        }
    }

    @Override
    public void remove(ResourceKey key, Instant now) throws DriverFault {
        try {
            driver.remove(key, now);
        } catch (RuntimeException e) {
            throw bug(e);
        }
    }

    @Override
    public void close() {
        driver.close();
    }

    private DriverFault bug(RuntimeException e) {
        LOG.errorf(e, "the driver for %s was not ready for this", kind().wireName());
        return DriverFault.failed(
                "the agent's driver for %s failed, its log says where: %s".formatted(kind().wireName(), e));
    }
}

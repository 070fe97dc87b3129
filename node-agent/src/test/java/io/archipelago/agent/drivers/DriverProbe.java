package io.archipelago.agent.drivers;

import io.archipelago.agent.drivers.disk.DiskPaths;
import io.archipelago.agent.drivers.disk.LinuxDiskDriver;
import io.archipelago.agent.drivers.volume.LinuxVolumeDriver;
import io.archipelago.agent.drivers.volume.StorageFixture;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One step of a driver on a laboratory host, without an agent: {@code HOST observe|apply|remove KEY [SPECIFICATION]}. Prints as JSON what
 * is seen of the resource afterwards, or the fault. Secrets are not sealed: {@code host:secret}.
 */
public final class DriverProbe {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);

    private final HostId host;
    private final Programs programs = new Programs(LIMIT);

    private DriverProbe(HostId host) {
        this.host = host;
    }

    /** What is printed of a step that did not work. */
    private record Fault(String fault, boolean waiting) {}

    public static void main(String[] arguments) throws InterruptedException {
        ResourceKey key = ResourceKey.parse(arguments[2]);
        String spec = arguments.length > 3 ? arguments[3] : "";
        try {
            DriverProbe probe = new DriverProbe(new HostId(arguments[0]));
            probe.step(probe.driver(key.kind()), arguments[1], key, spec);
        } catch (DriverFault fault) {
            System.out.println(Json.write(new Fault(fault.reason(), fault.isWaiting())));
            System.exit(1);
        }
        System.exit(0);
    }

    private <S extends ResourceSpec> void step(Driver<S> driver, String step, ResourceKey key, String spec)
            throws DriverFault, InterruptedException {
        Map<ResourceKey, S> wanted = spec.isEmpty() ? Map.of() : Map.of(key, Json.read(spec, driver.specType()));
        switch (step) {
            case "observe" -> {}
            case "apply" -> apply(driver, key, wanted);
            case "remove" -> driver.remove(key, Instant.now());
            default -> throw new IllegalArgumentException("observe, apply or remove, not " + step);
        }
        Observed seen = driver.observe(wanted, Instant.now()).get(key);
        System.out.println(seen == null ? "{}" : Json.write(seen));
    }

    /** As an agent does: again, as long as it has to wait. */
    private static <S extends ResourceSpec> void apply(Driver<S> driver, ResourceKey key, Map<ResourceKey, S> wanted)
            throws DriverFault, InterruptedException {
        Instant end = Instant.now().plus(LIMIT);
        while (true) {
            try {
                for (S spec : wanted.values()) {
                    driver.apply(key, spec, Instant.now());
                }
                return;
            } catch (DriverFault fault) {
                if (!fault.isWaiting() || Instant.now().isAfter(end)) {
                    throw fault;
                }
            }
            Thread.sleep(BETWEEN_TRIES);
        }
    }

    private Driver<?> driver(ResourceKind kind) {
        return switch (kind) {
            case VOLUME ->
                LinuxVolumeDriver.of(
                        host, programs, this::unseal, List.of(StorageFixture.POOL), "0.0.0.0:3260", 1L << 30);
            case DISK -> LinuxDiskDriver.of(host, programs, new DiskPaths(), this::unseal);
            case SEGMENT, LINK, CACHE, MACHINE ->
                throw new IllegalArgumentException("no step of a " + kind.wireName() + " is probed");
        };
    }

    private Optional<String> unseal(String secret) {
        String prefix = host + ":";
        return secret.startsWith(prefix) ? Optional.of(secret.substring(prefix.length())) : Optional.empty();
    }
}

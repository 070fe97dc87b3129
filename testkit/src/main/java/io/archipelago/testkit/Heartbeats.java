package io.archipelago.testkit;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.wire.Sealed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** What hosts say that have nothing of ours on them, each heartbeat later than all before it. */
public final class Heartbeats {

    static final String MACHINE = "machine";

    private static final Instant NEW_YEAR = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration EVERY = Duration.ofHours(1);
    private static final String SEALING_KEY = Sealed.text(Sealed.newKeyPair().getPublic());
    private static final int CPUS = 8;
    private static final long MEMORY = 1 << 30;
    private static final AtomicLong COUNTER = new AtomicLong();

    private Heartbeats() {}

    static HostHeartbeat gateway(HostId host, long cacheBytes) {
        return of(host, HostRole.GATEWAY, CPUS, MEMORY, Map.of(), cacheBytes, SEALING_KEY);
    }

    static HostHeartbeat storage(HostId host, long bytes) {
        return of(host, HostRole.STORAGE, CPUS, MEMORY, Map.of("vg0", bytes), 0, SEALING_KEY);
    }

    static HostHeartbeat compute(HostId host) {
        return compute(host, CPUS, MEMORY);
    }

    public static HostHeartbeat compute(HostId host, int cpus, long memoryBytes) {
        return of(host, HostRole.COMPUTE, cpus, memoryBytes, Map.of(), 0, SEALING_KEY);
    }

    static HostHeartbeat compute(HostId host, String sealingKey) {
        return of(host, HostRole.COMPUTE, CPUS, MEMORY, Map.of(), 0, sealingKey);
    }

    private static HostHeartbeat of(
            HostId host,
            HostRole role,
            int cpus,
            long memoryBytes,
            Map<String, Long> pools,
            long cacheBytes,
            String sealingKey) {
        Inventory inventory = new Inventory(
                MACHINE,
                Set.of(role),
                cpus,
                memoryBytes,
                pools,
                "",
                cacheBytes,
                "203.0.113.1",
                Map.of(LinkDriver.OPENVPN, "a1:b2"),
                sealingKey,
                Map.of(),
                Map.of(),
                List.of());
        return new HostHeartbeat(host, 1, COUNTER.incrementAndGet(), NEW_YEAR, EVERY, inventory, Map.of(), 0);
    }
}

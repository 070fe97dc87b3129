package io.archipelago.local;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Whether every site knows what hosts there are, at home and at its peers. Until then the processes are ready, but would refuse a request
 * for want of hosts.
 */
final class Acquaintance {

    // Of each site the most that is free at any time: some hosts may be booked for now.
    private static final String HOSTS_KNOWN = """
            select coalesce(sum((
                select max((select sum((host ->> 'count')::bigint) from jsonb_array_elements(slice -> 'hosts') as hosts (host)))
                from jsonb_array_elements(advertised -> 'slices') as slices (slice))), 0)
            from site_capacity
            """;
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);

    private final Stack stack;
    private final Databases databases;

    Acquaintance(Stack stack, Databases databases) {
        this.stack = stack;
        this.databases = databases;
    }

    /** Waits until they do; not for ever, for agents may have been told to play fewer hosts. */
    void await(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!isMade() && System.nanoTime() < end) {
            Thread.sleep(LOOK_INTERVAL);
        }
    }

    private boolean isMade() {
        // Real hosts come when they are switched on.
        long all = stack.sites().stream()
                .filter(site -> site.fleet().isSimulated())
                .mapToInt(site -> site.fleet().compute())
                .sum();
        return stack.sites().stream().allMatch(site -> {
            OptionalLong known = databases.count(site, ServiceKind.PLACEMENT, HOSTS_KNOWN);
            // Without an answer there is nothing to wait for.
            return known.isEmpty() || known.getAsLong() >= all;
        });
    }
}

package io.archipelago.lab;

import java.time.Duration;

/** What tenants ask for here: the frontend at tokyo, and one machine at osaka. Two of these fill the processors of the lab's hosts. */
final class Requests {

    /** Longer than any scenario. */
    static final String LONG = lasting(Duration.ofHours(3));

    /** A machine on each compute host of osaka: one processor is all that they have. */
    static final String ON_BOTH_HOSTS = asking(2, Duration.ofHours(3));

    private Requests() {}

    /** @param duration from now */
    static String lasting(Duration duration) {
        return asking(1, duration);
    }

    private static String asking(int machines, Duration duration) {
        return """
                name: same-name
                window: { start: now, duration: %s }
                machines:
                  compute: { count: %d, cpus: 1, memory: 128MiB, disk: 1GiB }
                  frontend: { cpus: 1, memory: 128MiB, disk: 1GiB }
                sites: { use: { osaka: %d } }
                network: { prefix: 172.16.0.0/12 }
                """.formatted(duration, machines, machines);
    }
}

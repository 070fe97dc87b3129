package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.DriverFault;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Pairs of addresses for the two ends of ways to the outside: link-local ones (RFC 3927), which nobody routes. There are 8,192. */
final class Pairs {

    /** All of them. */
    static final Prefix ALL = Prefix.parse("169.254.64.0/18");

    private static final int LENGTH = 31;
    private static final long COUNT = 1L << LENGTH - ALL.length();

    private Pairs() {}

    /** The host's address of a pair that an interface has, if it has one. */
    static Optional<Prefix> of(Device device) {
        return device.addresses().stream()
                .map(Prefix::parse)
                .filter(address -> address.length() == LENGTH && ALL.contains(address))
                .findFirst();
    }

    /**
     * The host's address of a pair that nobody on the host has.
     *
     * @param number where the search begins
     */
    static Prefix free(long number, Devices host) throws DriverFault {
        Set<Long> taken = host.all().stream()
                .flatMap(device -> of(device).stream())
                .map(Prefix::bits)
                .collect(Collectors.toSet());
        for (long i = 0; i < COUNT; i++) {
            Prefix pair = new Prefix(ALL.bits() + (number + i) % COUNT * 2, LENGTH);
            if (!taken.contains(pair.bits())) {
                return pair;
            }
        }
        throw DriverFault.failed("there are no addresses left for ways to the outside");
    }

    /** The namespace's address of the same pair. */
    static Prefix other(Prefix host) {
        return new Prefix(host.bits() + 1, LENGTH);
    }
}

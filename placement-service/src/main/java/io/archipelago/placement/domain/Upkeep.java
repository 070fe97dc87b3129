package io.archipelago.placement.domain;

import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How operators change when a host is maintained; to say the same twice changes nothing. */
public final class Upkeep {

    /** More of it is more likely a mistake than a plan. */
    public static final int MOST = 50;

    private Upkeep() {}

    /**
     * One more maintenance, or one of a known name at another time.
     *
     * @return what is to be said from now on; empty if that holds already
     */
    public static Optional<HostMaintenance> with(HostMaintenance known, Maintenance wanted, Instant now) {
        return known.windows().contains(wanted)
                ? Optional.empty()
                : Optional.of(next(known, Stream.concat(others(known, wanted.name(), now), Stream.of(wanted)), now));
    }

    /** The same without the maintenance of a name. */
    public static Optional<HostMaintenance> without(HostMaintenance known, String name, Instant now) {
        return known.windows().stream().noneMatch(m -> m.name().equals(name))
                ? Optional.empty()
                : Optional.of(next(known, others(known, name, now), now));
    }

    /** What is over is not said any more. */
    private static Stream<Maintenance> others(HostMaintenance known, String name, Instant now) {
        return known.windows().stream()
                .filter(m -> !m.name().equals(name) && m.window().end().isAfter(now));
    }

    /** Versions rise with the clock, so that they rise over a restored database too. */
    private static HostMaintenance next(HostMaintenance known, Stream<Maintenance> windows, Instant now) {
        List<Maintenance> all = windows.toList();
        return new HostMaintenance(known.host(), Math.max(known.version() + 1, now.toEpochMilli()), all);
    }
}

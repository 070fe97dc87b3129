package io.archipelago.contracts.host;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import java.util.List;

/**
 * When a host is maintained: nothing more is booked of it for then. It says all of it, and so replaces whatever was said under a lower version.
 *
 * @param host which
 * @param version rises with every change; one that is not higher than what is known changes nothing
 * @param windows when, each under a name of its own; they may overlap
 */
public record HostMaintenance(HostId host, long version, List<Maintenance> windows) implements HostEvent {

    public HostMaintenance {
        windows = List.copyOf(windows);
    }

    /**
     * One time at which a host is maintained.
     *
     * @param name what operators call it
     * @param window from when to when
     * @param reason for other operators, a sentence; may be empty
     * @param by the operator who said so last
     */
    public record Maintenance(String name, TimeWindow window, String reason, String by) {}

    /** The times at which the host takes no bookings. */
    public List<TimeWindow> closures() {
        return windows.stream().map(Maintenance::window).toList();
    }
}

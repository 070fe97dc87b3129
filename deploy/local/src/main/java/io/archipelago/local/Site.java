package io.archipelago.local;

import java.util.ArrayList;
import java.util.List;

/** One datacentre of the stack, with its hosts. */
public record Site(String id, int number, Fleet fleet) {

    public Site {
        if (!id.matches("[a-z][a-z0-9]{0,15}")) {
            throw new IllegalArgumentException("not a site id: " + id);
        }
        if (number < 1 || number > 255) {
            throw new IllegalArgumentException("a site number is 1 to 255, not " + number);
        }
    }

    /** With simulated hosts. */
    public Site(String id, int number) {
        this(id, number, Fleet.SIMULATED);
    }

    /** The ids of its hosts, such as an agent gives them to those that it simulates. */
    public List<String> hosts() {
        List<String> hosts = new ArrayList<>();
        for (int i = 1; i <= fleet.compute(); i++) {
            hosts.add("%s-c%02d".formatted(id, i));
        }
        for (int i = 1; i <= fleet.gateways(); i++) {
            hosts.add(id + "-g" + i);
        }
        for (int i = 1; i <= fleet.storage(); i++) {
            hosts.add(id + "-s" + i);
        }
        return List.copyOf(hosts);
    }
}

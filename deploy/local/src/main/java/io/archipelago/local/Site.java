package io.archipelago.local;

import java.util.ArrayList;
import java.util.List;

/** One datacentre of the stack, with the hosts that its agent plays. */
public record Site(String id, int number) {

    static final int COMPUTE_HOSTS = 20;
    static final int GATEWAY_HOSTS = 2;
    static final int STORAGE_HOSTS = 2;

    public Site {
        if (!id.matches("[a-z][a-z0-9]{0,15}")) {
            throw new IllegalArgumentException("not a site id: " + id);
        }
        if (number < 1 || number > 255) {
            throw new IllegalArgumentException("a site number is 1 to 255, not " + number);
        }
    }

    /** The ids that the agent gives its simulated hosts. */
    public List<String> hosts() {
        List<String> hosts = new ArrayList<>();
        for (int i = 1; i <= COMPUTE_HOSTS; i++) {
            hosts.add("%s-c%02d".formatted(id, i));
        }
        for (int i = 1; i <= GATEWAY_HOSTS; i++) {
            hosts.add(id + "-g" + i);
        }
        for (int i = 1; i <= STORAGE_HOSTS; i++) {
            hosts.add(id + "-s" + i);
        }
        return List.copyOf(hosts);
    }
}

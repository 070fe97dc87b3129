package io.archipelago.lab;

import io.archipelago.local.Site;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The two sites of a lab.
 *
 * <pre>
 *                      mgmt-tokyo 10.10.0.0/24                            mgmt-osaka 10.20.0.0/24
 *      (machine .1)        |     |     |     |        |                  |     |     |     |      (machine .1)
 *                       c01 .21 c02 .22 s1 .31 g1 .11 wan .99         g1 .11 s1 .31 c01 .21 c02 .22
 *                          |     |           |  |     | |                |  |          |     |
 *                      data-tokyo (trunk)----+  +-----+ +----------------+  +---- data-osaka (trunk)
 *                                          wan-tokyo       wan-osaka
 *                                         192.0.2.1         192.0.2.2
 * </pre>
 */
final class Topology {

    static final String WAN = "wan";
    static final List<Site> SITES = List.of(new Site("tokyo", 1), new Site("osaka", 2));

    private static final int GATEWAY_ADDRESS = 11;
    private static final int COMPUTE_ADDRESS = 20;
    private static final int STORAGE_ADDRESS = 31;
    private static final int WAN_ADDRESS = 99;
    private static final int COMPUTE_HOSTS = 2;

    private Topology() {}

    static List<HostPlan> hosts() {
        List<HostPlan> hosts = new ArrayList<>();
        Site first = SITES.getFirst();
        hosts.add(host(
                WAN, Role.WAN, first, WAN_ADDRESS, List.of(wan(SITES.get(0)), wan(SITES.get(1))), List.of("", "")));
        for (Site site : SITES) {
            hosts.add(host(
                    site.id() + "-g1",
                    Role.GATEWAY,
                    site,
                    GATEWAY_ADDRESS,
                    List.of(data(site), wan(site)),
                    List.of("", wanAddress(site) + "/24")));
            hosts.add(host(site.id() + "-s1", Role.STORAGE, site, STORAGE_ADDRESS, List.of(), List.of()));
            for (int i = 1; i <= COMPUTE_HOSTS; i++) {
                hosts.add(host(
                        "%s-c%02d".formatted(site.id(), i),
                        Role.COMPUTE,
                        site,
                        COMPUTE_ADDRESS + i,
                        List.of(data(site)),
                        List.of("")));
            }
        }
        return List.copyOf(hosts);
    }

    /** Of a site, by {@link Site#number}; the machine itself has its first address. */
    static String managementAddress(Site site, int last) {
        return "10.%d.0.%d/24".formatted(10 * site.number(), last);
    }

    /** Where the hosts of a site reach the machine. */
    static String machineAddress(Site site) {
        return "10.%d.0.1".formatted(10 * site.number());
    }

    static List<String> managementNetworks() {
        return SITES.stream()
                .map(site -> "10.%d.0.0/24".formatted(10 * site.number()))
                .toList();
    }

    /** Of a site's gateway. */
    static String wanAddress(Site site) {
        return "192.0.2." + site.number();
    }

    static String management(Site site) {
        return "mgmt-" + site.id();
    }

    /** Every network, each a bridge of that name. */
    static Set<String> bridges() {
        Set<String> bridges = new LinkedHashSet<>();
        for (Site site : SITES) {
            bridges.addAll(List.of(management(site), data(site), wan(site)));
        }
        return bridges;
    }

    private static String data(Site site) {
        return "data-" + site.id();
    }

    private static String wan(Site site) {
        return "wan-" + site.id();
    }

    private static HostPlan host(
            String name, Role role, Site site, int last, List<String> bridges, List<String> addresses) {
        List<Nic> nics = new ArrayList<>();
        nics.add(nic(site, last, 0, management(site), managementAddress(site, last)));
        for (int i = 0; i < bridges.size(); i++) {
            String address = addresses.get(i);
            nics.add(nic(site, last, i + 1, bridges.get(i), address.isEmpty() ? null : address));
        }
        return new HostPlan(name, role, nics);
    }

    private static Nic nic(Site site, int last, int index, String bridge, @Nullable String address) {
        return new Nic(
                "eth" + index,
                bridge,
                "tap-%d-%d-%d".formatted(site.number(), last, index),
                "02:55:00:%02x:%02x:%02x".formatted(site.number(), last, index),
                address);
    }
}

package io.archipelago.lab;

import io.archipelago.local.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The networks of a lab: bridges in a network namespace of their own, and from each management network a pair of interfaces to the
 * machine's own namespace, so that hosts and the machine reach each other. The hosts have no way to anywhere else.
 */
final class Network {

    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final Path INTERFACES = Path.of("/sys/class/net");
    private static final String INSIDE = "-i";

    private final String name;

    Network(String name) {
        this.name = name;
    }

    /** Whether a lab of that name is there, or something of one. */
    boolean exists() {
        return Files.exists(NAMESPACES.resolve(name)) || Files.exists(INTERFACES.resolve(firstDoor()));
    }

    /** The directory of the lab that made it; empty when there is none. */
    String owner() throws IOException {
        Path alias = INTERFACES.resolve(firstDoor()).resolve("ifalias");
        return Files.exists(alias) ? Files.readString(alias).strip() : "";
    }

    private String firstDoor() {
        return door(Topology.SITES.getFirst());
    }

    /** @throws IOException if the machine uses an address of the lab for something else */
    void refuseIfAddressesAreTaken() throws IOException, InterruptedException {
        for (Site site : Topology.SITES) {
            String own = address(site);
            String route =
                    Tools.run("ip", "-4", "-o", "route", "show", "to", "match", own.substring(0, own.indexOf('/')));
            List<String> others =
                    route.lines().filter(line -> !line.startsWith("default ")).toList();
            if (!others.isEmpty()) {
                throw new IOException(
                        "The lab needs the addresses of %s, but this machine has a route to them already: %s"
                                .formatted(own, others.getFirst().strip()));
            }
        }
    }

    /** Makes what only one lab can have, and writes on it whose it is; both by one program, which nobody cuts off when we are. */
    void claim(LabHome home) throws IOException, InterruptedException {
        Path batch = home.run().resolve("network");
        Files.write(
                batch,
                List.of(
                        addDoor(Topology.SITES.getFirst()),
                        "link set %s alias %s".formatted(firstDoor(), home.root())));
        Tools.run("ip", "-batch", batch.toString());
    }

    private String addDoor(Site site) {
        return "link add %s type veth peer name %s".formatted(door(site), door(site) + INSIDE);
    }

    void create(List<HostPlan> hosts, LabHome home) throws IOException, InterruptedException {
        Tools.run("ip", "netns", "add", name);
        Path batch = home.run().resolve("network");
        Files.write(batch, outside());
        Tools.run("ip", "-batch", batch.toString());
        Files.write(batch, inside(hosts));
        Tools.run("ip", "-netns", name, "-batch", batch.toString());
        Files.delete(batch);
    }

    private List<String> outside() {
        List<String> lines = new ArrayList<>();
        // The first one is there, as the claim.
        Topology.SITES.stream().skip(1).forEach(site -> lines.add(addDoor(site)));
        for (Site site : Topology.SITES) {
            lines.add("link set %s netns %s".formatted(door(site) + INSIDE, name));
            lines.add("address add %s dev %s".formatted(address(site), door(site)));
            lines.add("link set %s up".formatted(door(site)));
        }
        return lines;
    }

    private List<String> inside(List<HostPlan> hosts) {
        List<String> lines = new ArrayList<>(List.of("link set lo up"));
        for (String bridge : Topology.bridges()) {
            lines.add("link add %s type bridge forward_delay 0 mcast_snooping 0".formatted(bridge));
            lines.add("link set %s up".formatted(bridge));
        }
        for (HostPlan host : hosts) {
            for (Nic nic : host.nics()) {
                lines.add("tuntap add dev %s mode tap".formatted(nic.tap()));
                lines.add("link set %s master %s up".formatted(nic.tap(), nic.bridge()));
            }
        }
        for (Site site : Topology.SITES) {
            lines.add("link set %s master %s up".formatted(door(site) + INSIDE, Topology.management(site)));
        }
        return lines;
    }

    /** Whatever of it is there. */
    void remove() throws IOException, InterruptedException {
        if (Files.exists(NAMESPACES.resolve(name))) {
            Tools.run("ip", "netns", "delete", name);
            unmountIfUnused();
        }
        for (Site site : Topology.SITES) {
            Path door = INTERFACES.resolve(door(site));
            if (Files.exists(door)) {
                Result deleted = Tools.run(Tools.PATIENCE, List.of("ip", "link", "delete", door(site)));
                // With its other end it may have gone at this moment, as the namespace ends some time after the command
                // for that.
                if (deleted.code() != 0 && Files.exists(door)) {
                    throw new IOException(
                            "The network interface %s can not be removed: %s".formatted(door(site), deleted.said()));
                }
            }
        }
    }

    /** The first namespace of a machine mounts the directory for all, and the end of the last leaves it so; another first one mounts it again. */
    private static void unmountIfUnused() throws IOException, InterruptedException {
        boolean unused;
        try (Stream<Path> left = Files.list(NAMESPACES)) {
            unused = left.findAny().isEmpty();
        }
        if (unused) {
            // Whoever looks into it at this moment keeps it, so the outcome does not matter; an empty directory harms
            // nobody.
            Tools.run(Tools.PATIENCE, List.of("umount", NAMESPACES.toString()));
        }
    }

    /** The beginning of a command line that runs the rest of it within the lab's networks. */
    List<String> within() {
        return List.of("ip", "netns", "exec", name);
    }

    /** The machine's end of a management network. */
    private String door(Site site) {
        return name + "-" + site.id();
    }

    private static String address(Site site) {
        return Topology.managementAddress(site, 1);
    }
}

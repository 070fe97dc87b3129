package io.archipelago.agent.drivers.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.IpBatch;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Two hosts of a site in one kernel: their trunks are the two ends of a cable. Beside them stand the outside, and machines. Everything
 * else on the kernel is foreign, and is to be the same at the end.
 */
public final class LabHost {

    static final String OUTSIDE_ADDRESS = "198.51.100.1";

    private static final String OUTSIDE = "lt-world";
    private static final List<String> FOREIGN_RULES = List.of(
            "FORWARD -d 198.51.100.77 -j ACCEPT",
            "POSTROUTING -t nat -d 198.51.100.77 -j ACCEPT",
            "PREROUTING -t mangle -d 198.51.100.77 -j ACCEPT");
    private static final Path ROOT = Path.of("/run/archipelago-lt");

    private final Programs programs = new Programs(Duration.ofSeconds(30));
    private List<String> before = List.of();

    public Programs programs() {
        return programs;
    }

    /** A driver that was just started, on the one end. */
    public LinuxSegmentDriver gateway() {
        return gateway(false);
    }

    /** The same of a host that runs machines too. */
    LinuxSegmentDriver gateway(boolean machines) {
        return gateway(programs, machines);
    }

    /** The same, which gives its commands to these. */
    LinuxSegmentDriver gateway(Programs with, boolean machines) {
        return LinuxSegmentDriver.of(
                with,
                new SegmentSettings("lt-a", "lt-out", List.of("203.0.113.0/24"), ROOT.resolve("gateway"), machines));
    }

    /** A driver that was just started, on the other end. */
    public LinuxSegmentDriver compute() {
        return LinuxSegmentDriver.of(
                programs, new SegmentSettings("lt-b", "", List.of(), ROOT.resolve("compute"), true));
    }

    public void begin() throws DriverFault {
        run("modprobe --all veth bridge 8021q");
        run("ip netns add " + OUTSIDE);
        IpBatch.onHost(programs)
                .add("link add lt-a type veth peer name lt-b")
                .add("link set lt-a up")
                .add("link set lt-b up")
                .add("link add lt-out type veth peer name eth0 netns %s", OUTSIDE)
                .add("address add 198.51.100.2/24 dev lt-out")
                .add("link set lt-out up")
                .add("route add 203.0.113.0/24 dev lt-out")
                .run();
        new Namespace(OUTSIDE, programs)
                .ip()
                .add("address add %s/24 dev eth0", OUTSIDE_ADDRESS)
                .add("address add 203.0.113.1/24 dev eth0")
                .add("link set eth0 up")
                .add("link set lo up")
                .run();
        for (String rule : FOREIGN_RULES) {
            run("iptables-legacy -A " + rule);
        }
        before = snapshot();
    }

    /** Everything is as it was. */
    public void requireNothingLeft() throws DriverFault {
        assertThat(snapshot()).isEqualTo(before);
    }

    public void end() throws DriverFault {
        try {
            requireNothingLeft();
        } finally {
            for (String rule : FOREIGN_RULES) {
                run("iptables-legacy -D " + rule);
            }
            run("ip link delete lt-a");
            run("ip link delete lt-out");
            run("ip netns delete " + OUTSIDE);
        }
    }

    public void removeAll(LinuxSegmentDriver... drivers) throws DriverFault {
        for (LinuxSegmentDriver driver : drivers) {
            for (ResourceKey key : driver.observe(Map.of(), Instant.now()).keySet()) {
                driver.remove(key, Instant.now());
            }
        }
    }

    /** Interfaces, namespaces, rules, daemons and files. */
    public List<String> snapshot() throws DriverFault {
        TreeSet<String> lines = new TreeSet<>();
        Devices.ofHost(programs).all().forEach(device -> lines.add("interface " + device.name() + device.addresses()));
        run("ip netns list").lines().forEach(line -> lines.add("namespace " + line.replaceAll(" \\(id.*", "")));
        run("iptables-legacy-save")
                .lines()
                .filter(line -> line.startsWith("-A") || line.startsWith(":ARCH"))
                .forEach(line -> lines.add("rule " + line));
        ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(command -> command.contains("dnsmasq") || command.contains("squid"))
                .forEach(command -> lines.add("process " + command));
        for (String directory : List.of("gateway", "compute", "caches")) {
            if (Files.exists(ROOT.resolve(directory))) {
                try (var below = Files.list(ROOT.resolve(directory))) {
                    below.forEach(path -> lines.add("file " + path));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return List.copyOf(lines);
    }

    /** A machine: a namespace with one card that is a port of a bridge. */
    public void plug(String machine, String mac, String bridge) throws DriverFault {
        run("ip netns add " + machine);
        IpBatch.onHost(programs)
                .add("link add %s type veth peer name eth0 address %s netns %s", machine, mac, machine)
                .add("link set %s master %s up", machine, bridge)
                .run();
        new Namespace(machine, programs)
                .ip()
                .add("link set lo up")
                .add("link set eth0 mtu 1400 up")
                .run();
    }

    public void unplug(String machine) {
        try {
            Namespace namespace = new Namespace(machine, programs);
            if (namespace.number().isPresent()) {
                namespace.delete();
                // The other end goes with it, in its own time.
                programs.end(List.of("ip", "link", "delete", machine));
            }
        } catch (DriverFault e) {
            throw new AssertionError(e);
        }
    }

    public String run(String command) throws DriverFault {
        return programs.run(command.split(" "));
    }

    public String in(String namespace, String command) throws DriverFault {
        return run("ip netns exec " + namespace + " " + command);
    }

    public Programs.Ended endIn(String namespace, String command) throws DriverFault {
        return programs.end(List.of(("ip netns exec " + namespace + " " + command).split(" ")));
    }
}

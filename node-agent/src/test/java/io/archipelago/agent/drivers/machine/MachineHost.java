package io.archipelago.agent.drivers.machine;

import static java.util.Objects.requireNonNull;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A compute host of the laboratory, with libvirt running: two disks in files, a bridge with DHCP on it for the machines {@code n1} and
 * {@code n2}, and the laboratory's boot image in the directory of the system property {@code archipelago.boot-image}.
 */
final class MachineHost {

    static final int MTU = 1400;

    /** What is said to be the disk of {@code gone}. */
    static final Path NO_DEVICE = Path.of("/dev/no-such-disk");

    private static final String BRIDGE = "ab-test";
    private static final String GATEWAY = "172.16.1.254";
    private static final Path QEMU_PIDS = Path.of("/run/libvirt/qemu");
    private static final Path LIBVIRT_PID = Path.of("/run/libvirtd.pid");

    private final Programs programs = new Programs(Duration.ofSeconds(90));
    private final Map<ResourceKey, Path> disks = new HashMap<>();
    private final Map<String, Path> devices = new HashMap<>();
    private final Path directory;

    MachineHost() {
        try {
            directory = Files.createTempDirectory("machines-");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    void make() throws DriverFault, IOException {
        programs.run("ip", "link", "add", BRIDGE, "mtu", Integer.toString(MTU), "type", "bridge");
        programs.run("ip", "addr", "add", GATEWAY + "/24", "dev", BRIDGE);
        programs.run("ip", "link", "set", BRIDGE, "up");
        List<String> dnsmasq = new ArrayList<>(List.of(
                "dnsmasq",
                "--conf-file=/dev/null",
                "--port=0",
                "--user=root",
                "--interface=" + BRIDGE,
                "--bind-interfaces",
                "--dhcp-range=172.16.1.0,static",
                "--dhcp-option=26," + MTU,
                "--dhcp-leasefile=" + directory.resolve("leases"),
                "--pid-file=" + pidOfDnsmasq()));
        for (String name : List.of("n1", "n2")) {
            Path file = directory.resolve(name + ".img");
            programs.run("truncate", "--size", "64M", file.toString());
            String device =
                    programs.run("losetup", "--find", "--show", file.toString()).strip();
            devices.put(name, Path.of(device));
            disks.put(SiteFixture.diskKey(name), directory.resolve("disk-" + name));
            attachAnew(name, name);
            var spec = MachineContract.spec(name);
            dnsmasq.add("--dhcp-host=%s,%s,%s".formatted(spec.mac(), spec.address(), name));
        }
        disks.put(SiteFixture.diskKey("gone"), NO_DEVICE);
        programs.run(dnsmasq.toArray(String[]::new));
    }

    /** Has the path of a disk lead to the device of one. */
    void attachAnew(String name, String device) throws IOException {
        Path path = directory.resolve("disk-" + name);
        Files.deleteIfExists(path);
        Files.createSymbolicLink(path, requireNonNull(devices.get(device)));
    }

    void remove() throws DriverFault, IOException {
        programs.run("kill", Files.readString(pidOfDnsmasq()).strip());
        for (Path device : devices.values()) {
            programs.run("losetup", "--detach", device.toString());
        }
        programs.run("ip", "link", "del", BRIDGE);
    }

    /**
     * A driver that was just started.
     *
     * @param patience how long a machine has to end when it is asked to
     */
    LinuxMachineDriver driver(Duration patience, Runnable wake) {
        return driver(programs, patience, wake);
    }

    LinuxMachineDriver driver(Programs with, Duration patience, Runnable wake) {
        return new LinuxMachineDriver(
                new Virsh(with),
                new Consoles(directory.resolve("consoles"), 1 << 20),
                new DomainWriter(boot()),
                key -> Optional.ofNullable(disks.get(key)),
                key -> key.equals(SiteFixture.segmentKey()) ? Optional.of(BRIDGE) : Optional.empty(),
                disk -> {},
                patience,
                wake);
    }

    Programs programs() {
        return programs;
    }

    /** All that machines leave. */
    List<String> traces() throws DriverFault, IOException {
        List<String> traces =
                new ArrayList<>(virsh("list", "--all", "--name").lines().toList());
        consoles().forEach(console -> traces.add(console.toString()));
        return traces;
    }

    /** What is left of consoles. */
    List<Path> consoles() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("consoles"))) {
            return files.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    String console(ResourceKey machine) throws IOException {
        return Files.readString(directory.resolve("consoles").resolve(Domain.name(machine) + ".log"));
    }

    long qemu(ResourceKey machine) throws IOException {
        return Long.parseLong(Files.readString(QEMU_PIDS.resolve(Domain.name(machine) + ".pid"))
                .strip());
    }

    void killQemu(ResourceKey machine) throws IOException {
        ProcessHandle.of(qemu(machine)).orElseThrow().destroyForcibly();
    }

    String virsh(String... arguments) throws DriverFault {
        List<String> command = new ArrayList<>(Virsh.COMMAND);
        command.addAll(List.of(arguments));
        return programs.run(command.toArray(String[]::new));
    }

    void define(String definition) throws DriverFault {
        new Virsh(programs).define(definition);
    }

    void stopLibvirt() throws DriverFault, IOException {
        programs.run("kill", "-STOP", Files.readString(LIBVIRT_PID).strip());
    }

    void continueLibvirt() throws DriverFault, IOException {
        programs.run("kill", "-CONT", Files.readString(LIBVIRT_PID).strip());
    }

    private Path pidOfDnsmasq() {
        return directory.resolve("dnsmasq.pid");
    }

    /** With an unknown NMI as a way to have a guest's kernel panic. */
    private static DirectBoot boot() {
        Path image = Path.of(System.getProperty("archipelago.boot-image", "/var/lib/archipelago/boot-image"));
        try {
            String commandLine = Files.readString(image.resolve("command-line")).strip();
            return new DirectBoot(image.resolve("kernel"), image.resolve("initrd"), commandLine + " unknown_nmi_panic");
        } catch (IOException e) {
            throw new IllegalStateException("there is no boot image in " + image, e);
        }
    }
}

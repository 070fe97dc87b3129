package io.archipelago.agent.linux;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.KernelTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a host is made of, as its kernel tells it. */
final class Hardware {

    private static final Pattern PROCESSOR = Pattern.compile("(?m)^processor\\s*:");
    private static final Pattern MEMORY = Pattern.compile("(?m)^MemTotal:\\s*(\\d+) kB");
    private static final int UP = 1;

    private final KernelTree proc;
    private final KernelTree interfaces;
    private final KernelTree loaded;
    private final KernelTree modules;

    /**
     * @param root where {@code proc}, {@code sys} and {@code lib/modules} lie: {@code /}
     */
    Hardware(Path root) {
        KernelTree tree = new KernelTree(root);
        this.proc = tree.at("proc");
        this.interfaces = tree.at("sys", "class", "net");
        this.loaded = tree.at("sys", "module");
        this.modules = tree.at("lib", "modules");
    }

    /** Processors that are switched on. */
    int cpus() throws DriverFault {
        return (int)
                PROCESSOR.matcher(proc.text("cpuinfo").orElse("")).results().count();
    }

    /** Memory that the kernel can use. */
    long memoryBytes() throws DriverFault {
        Matcher total = MEMORY.matcher(proc.text("meminfo").orElse(""));
        return total.find() ? Long.parseLong(total.group(1)) << 10 : 0;
    }

    String kernel() throws DriverFault {
        return proc.at("sys", "kernel").text("osrelease").orElse("");
    }

    /** Which network interfaces stand behind a device of their own: no bridges, VLANs or tunnels. */
    List<String> interfaces() throws DriverFault {
        List<String> physical = new ArrayList<>();
        for (String name : interfaces.names()) {
            if (interfaces.at(name, "device").exists()) {
                physical.add(name);
            }
        }
        return physical;
    }

    /** The speed of an interface in Mbit/s, as its driver tells it. */
    Optional<String> speed(String name) {
        try {
            return interfaces.at(name).text("speed").filter(text -> !text.startsWith("-"));
        } catch (DriverFault e) {
            // One that is down, or whose driver does not know.
            return Optional.empty();
        }
    }

    /** What is wrong with the trunk; nothing if it can be used. */
    Optional<String> trunkProblem(String name) throws DriverFault {
        KernelTree trunk = interfaces.at(name);
        Optional<String> flags = trunk.text("flags");
        if (flags.isEmpty()) {
            return Optional.of(
                    "there is no network interface %s: set agent.host.trunk to that which carries the VLANs, one of %s"
                            .formatted(name, interfaces()));
        }
        if ((Integer.decode(flags.get()) & UP) == 0) {
            return Optional.of("the trunk %s is down: ip link set %s up".formatted(name, name));
        }
        if (trunk.says("carrier", "0")) {
            return Optional.of("the trunk %s has no carrier: look at its cable and at the switch".formatted(name));
        }
        return Optional.empty();
    }

    /** A sentence for each module of the kernel that is neither there nor can be loaded. */
    List<String> moduleProblems(List<String> names) throws DriverFault {
        KernelTree installed = modules.at(kernel());
        String known = (installed.text("modules.dep").orElse("") + "\n"
                        + installed.text("modules.builtin").orElse(""))
                .replace('-', '_');
        List<String> problems = new ArrayList<>();
        for (String name : names) {
            boolean there = loaded.at(name).exists() || known.contains("/" + name + ".ko");
            if (!there) {
                problems.add("the kernel %s has no module %s: install the package linux-image-amd64 and boot its kernel"
                        .formatted(kernel(), name));
            }
        }
        return problems;
    }
}

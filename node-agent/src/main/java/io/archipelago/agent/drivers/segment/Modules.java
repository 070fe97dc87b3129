package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The kernel's modules for kinds of interfaces. It has not always the means to load them by itself. Those that are built into it can not be
 * loaded, nor can any where there is no modprobe: whoever needs what is missing then says so.
 */
final class Modules {

    private final Programs programs;
    private final Set<String> asked = new HashSet<>();

    Modules(Programs programs) {
        this.programs = programs;
    }

    void load(String module) {
        if (asked.add(module)) {
            try {
                programs.end(List.of("modprobe", "--quiet", module));
            } catch (DriverFault fault) {
                // What needs it is tried all the same, and after that the module again.
                asked.remove(module);
            }
        }
    }
}

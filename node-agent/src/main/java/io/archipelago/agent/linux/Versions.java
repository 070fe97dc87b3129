package io.archipelago.agent.linux;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.HostMessage.HostRole;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which versions of programs the drivers of a host work with. */
final class Versions {

    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+[0-9A-Za-z.~+-]*");

    private Versions() {}

    /** Asks each once; one that is not there has none. */
    static Map<String, String> of(Set<HostRole> roles, Programs programs) {
        Map<String, String> versions = new TreeMap<>();
        for (HostRole role : roles) {
            commands(role).forEach((name, command) -> {
                String version = ask(programs, command);
                if (!version.isEmpty()) {
                    versions.put(name, version);
                }
            });
        }
        return versions;
    }

    private static Map<String, List<String>> commands(HostRole role) {
        return switch (role) {
            case COMPUTE ->
                Map.of(
                        "open-iscsi", List.of("iscsiadm", "--version"),
                        "libvirt", List.of("virsh", "--version"),
                        "qemu", List.of("qemu-system-x86_64", "--version"));
            case GATEWAY -> Map.of("openvpn", List.of("openvpn", "--version"), "squid", List.of("squid", "-v"));
            case STORAGE -> Map.of("lvm", List.of("lvs", "--version"));
        };
    }

    private static String ask(Programs programs, List<String> command) {
        try {
            // Some end with another code than 0 after they have told it.
            Matcher version = VERSION.matcher(programs.end(command).out());
            return version.find() ? version.group() : "";
        } catch (DriverFault e) {
            // That it is missing is told with the problems.
            return "";
        }
    }
}

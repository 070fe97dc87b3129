package io.archipelago.agent.drivers.segment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.Programs;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The network interfaces of the host, or of one of its network namespaces, at one moment. */
final class Devices {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Device> byName = new LinkedHashMap<>();

    private Devices(String json) throws DriverFault {
        try {
            for (JsonNode node : JSON.readTree(json)) {
                // Of an interface that goes away while they are listed nothing is said.
                if (node.hasNonNull("ifname")) {
                    Device device = device(node);
                    byName.put(device.name(), device);
                }
            }
        } catch (JsonProcessingException e) {
            throw DriverFault.failed("ip can not be understood: " + e.getOriginalMessage());
        }
    }

    /** Those of the host. One command. */
    static Devices ofHost(Programs programs) throws DriverFault {
        return new Devices(programs.run("ip", "-json", "-details", "address", "show"));
    }

    /** Those of a namespace. One command. */
    static Devices of(Namespace namespace) throws DriverFault {
        return new Devices(namespace.ip("-json", "-details", "address", "show"));
    }

    /** Out of what {@code ip -json -details address show} says. */
    static Devices parse(String json) throws DriverFault {
        return new Devices(json);
    }

    @Nullable
    Device get(String name) {
        return byName.get(name);
    }

    Collection<Device> all() {
        return byName.values();
    }

    private static Device device(JsonNode node) {
        JsonNode link = node.path("linkinfo");
        JsonNode data = link.path("info_data");
        Set<String> flags = new HashSet<>();
        node.path("flags").forEach(flag -> flags.add(flag.asText()));
        Set<String> addresses = new HashSet<>();
        for (JsonNode address : node.path("addr_info")) {
            if (address.path("family").asText().equals("inet")) {
                addresses.add(address.path("local").asText() + "/"
                        + address.path("prefixlen").asText());
            }
        }
        String kind = link.path("info_kind").asText();
        return new Device(
                node.path("ifname").asText(),
                node.path("ifalias").asText(),
                kind,
                flags,
                node.path("mtu").asInt(),
                node.path("address").asText(),
                node.path("master").asText(),
                node.path("link").asText(),
                kind.equals("vlan") ? data.path("id").asInt() : 0,
                data.path("forward_delay").asInt() == 0
                        && data.path("stp_state").asInt() == 0
                        && data.path("mcast_snooping").asInt() == 0,
                addresses);
    }
}

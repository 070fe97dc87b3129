package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import java.nio.file.Path;
import java.util.Optional;

/** Where a segment is on this host, for those who plug something into it. */
public final class SegmentPaths {

    private static final KernelTree INTERFACES = new KernelTree(Path.of("/sys/class/net"));

    private final Programs programs;

    public SegmentPaths(Programs programs) {
        this.programs = programs;
    }

    /**
     * A segment on its gateway.
     *
     * @param namespace the name of the network namespace
     * @param bridge the bridge inside
     */
    public record Place(String namespace, String bridge) {}

    /** The bridge that machines are plugged into; nothing if the segment is not on this host. */
    public Optional<String> bridge(ResourceKey segment) throws DriverFault {
        SegmentNames names = new SegmentNames(segment);
        return INTERFACES.at(names.hostBridge()).says("ifalias", names.alias())
                ? Optional.of(names.hostBridge())
                : Optional.empty();
    }

    /** The namespace that links are plugged into; nothing if this host is not the segment's gateway. */
    public Optional<Place> gateway(ResourceKey segment) throws DriverFault {
        String name = new SegmentNames(segment).namespace();
        return new Namespace(name, programs).number().isPresent()
                ? Optional.of(new Place(name, SegmentNames.BRIDGE))
                : Optional.empty();
    }

    /** The gateway's own address in the cluster; nothing if this host is not the segment's gateway. One command. */
    public Optional<String> address(ResourceKey segment) throws DriverFault {
        Namespace namespace = new Namespace(new SegmentNames(segment).namespace(), programs);
        Device bridge = namespace.number().isPresent() ? Devices.of(namespace).get(SegmentNames.BRIDGE) : null;
        return bridge == null
                ? Optional.empty()
                : bridge.addresses().stream()
                        .map(address -> Prefix.parse(address).address())
                        .findFirst();
    }
}

package io.archipelago.agent.drivers.segment;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Namespace;
import io.archipelago.agent.os.OwnDirectory;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Gateway;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The clusters' VLANs: on a host that runs machines an interface on the trunk and a bridge, on a gateway a network namespace with both
 * in it.
 *
 * <p>Each segment has a directory. It is the first thing that is made of it and the last that goes, so that what is half made is seen,
 * also by an agent that was told nothing.
 */
public final class LinuxSegmentDriver implements Driver<SegmentSpec> {

    private final Programs programs;
    private final Path directory;
    private final Trunk trunk;
    private final HostBridges bridges;
    private final GatewayNamespaces gateways;

    private LinuxSegmentDriver(Programs programs, SegmentSettings settings) {
        this.programs = programs;
        this.directory = settings.directory();
        this.trunk = new Trunk(programs, settings.trunk());
        this.bridges = new HostBridges(programs, trunk);
        this.gateways = new GatewayNamespaces(programs, trunk, new Outside(programs, settings), directory);
    }

    /** The driver of a host. */
    public static LinuxSegmentDriver of(Programs programs, SegmentSettings settings) {
        return new LinuxSegmentDriver(programs, settings);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.SEGMENT;
    }

    @Override
    public Class<SegmentSpec> specType() {
        return SegmentSpec.class;
    }

    @Override
    public Map<ResourceKey, Observed> observe(Map<ResourceKey, SegmentSpec> wanted, Instant now) throws DriverFault {
        Devices host = Devices.ofHost(programs);
        Map<ResourceKey, Observed> seen = new LinkedHashMap<>();
        for (ResourceKey key : present(host)) {
            seen.put(key, observed(new SegmentNames(key), wanted.get(key), host, now));
        }
        return seen;
    }

    @Override
    public void apply(ResourceKey key, SegmentSpec spec, Instant now) throws DriverFault {
        SegmentNames names = new SegmentNames(key);
        directory(key).make();
        Devices host = Devices.ofHost(programs);
        Gateway gateway = spec.gateway();
        if (gateway == null) {
            gateways.remove(names, host);
            bridges.make(names, spec, host);
        } else {
            if (host.get(names.hostVlan()) != null) {
                bridges.remove(names, host);
                host = Devices.ofHost(programs);
            }
            gateways.make(names, spec, gateway, host);
        }
    }

    @Override
    public void remove(ResourceKey key, Instant now) throws DriverFault {
        SegmentNames names = new SegmentNames(key);
        Devices host = Devices.ofHost(programs);
        gateways.remove(names, host);
        bridges.remove(names, host);
        directory(key).delete();
    }

    /** Of which there is anything at all: a directory, a namespace, or an interface. */
    private Set<ResourceKey> present(Devices host) throws DriverFault {
        Set<ResourceKey> keys = new TreeSet<>();
        new KernelTree(directory).names().forEach(id -> keys.add(new ResourceKey(ResourceKind.SEGMENT, id)));
        Namespace.all(SegmentNames.namespaces()).forEach(name -> keys.add(SegmentNames.ofNamespace(name)));
        host.all().forEach(device -> SegmentNames.ofAlias(device.alias()).ifPresent(keys::add));
        return keys;
    }

    private Observed observed(SegmentNames names, @Nullable SegmentSpec spec, Devices host, Instant now)
            throws DriverFault {
        Gateway gateway = spec == null ? null : spec.gateway();
        boolean isGateway =
                spec == null ? Namespace.all(names.namespace()).contains(names.namespace()) : gateway != null;
        String defect = trunk.defect(host);
        if (defect.isEmpty()) {
            defect = isGateway ? gateways.defect(names, gateway, host, now) : bridges.defect(names, host);
        }
        if (!defect.isEmpty()) {
            return new Observed(Condition.BROKEN, defect, Map.of(), Set.of());
        }
        boolean matches = spec == null
                || (gateway == null
                        ? bridges.matches(names, spec, host)
                        : gateways.matches(names, spec, gateway, host, now));
        if (!matches) {
            return new Observed(Condition.DIFFERENT, "is not as specified", Map.of(), Set.of());
        }
        Device vlan = isGateway ? gateways.vlan(names) : host.get(names.hostVlan());
        return new Observed(Condition.READY, "", details(vlan), Set.of());
    }

    private static Map<String, String> details(@Nullable Device vlan) {
        return vlan == null
                ? Map.of()
                : Map.of("vlan", Integer.toString(vlan.vlan()), "mtu", Integer.toString(vlan.mtu()));
    }

    private OwnDirectory directory(ResourceKey key) {
        return new OwnDirectory(directory.resolve(key.id()));
    }
}

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
 * in it, and on a host that is both a bridge that leads there.
 *
 * <p>Each segment has a directory. It is the first thing that is made of it and the last that goes, so that what is half made is seen,
 * also by an agent that was told nothing.
 */
public final class LinuxSegmentDriver implements Driver<SegmentSpec> {

    private final Programs programs;
    private final Path directory;
    private final boolean machines;
    private final Trunk trunk;
    private final HostBridges bridges;
    private final GatewayNamespaces gateways;

    private LinuxSegmentDriver(Programs programs, SegmentSettings settings) {
        this.programs = programs;
        this.directory = settings.directory();
        this.machines = settings.machines();
        Modules modules = new Modules(programs);
        this.trunk = new Trunk(programs, modules, settings.trunk());
        this.bridges = new HostBridges(programs, modules, trunk);
        this.gateways =
                new GatewayNamespaces(programs, modules, trunk, new Outside(programs, modules, settings), directory);
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
            seen.put(key, look(new SegmentNames(key), wanted.get(key), host, now));
        }
        return seen;
    }

    /** One that does not let itself be looked at keeps nobody from looking at the others. */
    private Observed look(SegmentNames names, @Nullable SegmentSpec spec, Devices host, Instant now) {
        try {
            return observed(names, spec, host, now);
        } catch (DriverFault fault) {
            return new Observed(Condition.BROKEN, fault.reason(), Map.of(), Set.of());
        }
    }

    @Override
    public void apply(ResourceKey key, SegmentSpec spec, Instant now) throws DriverFault {
        SegmentNames names = new SegmentNames(key);
        directory(key).make();
        Devices host = Devices.ofHost(programs);
        String defect = trunk.defect(host);
        if (!defect.isEmpty()) {
            throw DriverFault.failed(defect);
        }
        Gateway gateway = spec.gateway();
        if (gateway == null) {
            gateways.remove(names, host);
            bridges.make(names, spec, host);
            return;
        }
        if (host.get(names.hostVlan()) != null) {
            // This host was not the gateway before.
            bridges.remove(names, host);
            host = Devices.ofHost(programs);
        }
        gateways.make(names, spec, gateway, host);
        if (machines) {
            bridges.make(names, spec, gateways.namespace(names), host);
        }
    }

    @Override
    public void remove(ResourceKey key, Instant now) throws DriverFault {
        SegmentNames names = new SegmentNames(key);
        Devices host = Devices.ofHost(programs);
        // A port that leads into the namespace would go with it, in its own time.
        bridges.remove(names, host);
        gateways.remove(names, host);
        directory(key).delete();
    }

    /** Of which there is anything at all: a directory, a namespace, or an interface. */
    private Set<ResourceKey> present(Devices host) throws DriverFault {
        Set<ResourceKey> keys = new TreeSet<>();
        new KernelTree(directory)
                .names()
                .forEach(id -> ResourceKey.written(ResourceKind.SEGMENT, id).ifPresent(keys::add));
        Namespace.all(SegmentNames.namespaces())
                .forEach(name -> SegmentNames.ofNamespace(name).ifPresent(keys::add));
        host.all().forEach(device -> SegmentNames.ofAlias(device.alias()).ifPresent(keys::add));
        return keys;
    }

    private Observed observed(SegmentNames names, @Nullable SegmentSpec spec, Devices host, Instant now)
            throws DriverFault {
        Gateway gateway = spec == null ? null : spec.gateway();
        boolean isGateway =
                spec == null ? Namespace.all(names.namespace()).contains(names.namespace()) : gateway != null;
        boolean hasBridge = !isGateway || machines;
        String port = isGateway ? names.hostPort() : names.hostVlan();
        String defect = trunk.defect(host);
        if (defect.isEmpty() && isGateway) {
            defect = gateways.defect(names, gateway, host, now);
        }
        if (defect.isEmpty() && hasBridge) {
            defect = bridges.defect(names, port, host);
        }
        if (!defect.isEmpty()) {
            return new Observed(Condition.BROKEN, defect, Map.of(), Set.of());
        }
        boolean matches = spec == null
                || (gateway == null || gateways.matches(names, spec, gateway, host, now))
                        && (!hasBridge || bridges.matches(names, port, spec, host));
        if (!matches) {
            return new Observed(Condition.DIFFERENT, "is not as specified", Map.of(), Set.of());
        }
        Device vlan = isGateway ? gateways.vlan(names) : host.get(port);
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

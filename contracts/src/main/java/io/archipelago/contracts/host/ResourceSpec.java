package io.archipelago.contracts.host;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a resource should be like, one record for each {@link ResourceKind}. */
public sealed interface ResourceSpec {

    ResourceKind kind();

    /** Of a thing of which no more is known than its key: good for having it removed, never for making it. */
    static ResourceSpec unknown(HostId host, ResourceKey key) {
        ResourceKey segment = ResourceKey.of(ResourceKind.SEGMENT, key.allocation());
        return switch (key.kind()) {
            case MACHINE -> new MachineSpec("", 0, 0, "", "", new ResourceKey(ResourceKind.DISK, key.id()), segment);
            case SEGMENT -> new SegmentSpec(0, 0, null);
            case LINK -> new LinkSpec(segment, key.allocation().site(), false, 0, "", 0, 0);
            case VOLUME -> new VolumeSpec("", 0, null, "", "");
            case DISK -> new DiskSpec(host, new ResourceKey(ResourceKind.VOLUME, key.id()), "", "");
            case CACHE -> new CacheSpec(segment, "", 0, List.of());
        };
    }

    /**
     * A virtual machine.
     *
     * @param name its host name
     * @param cpus virtual processors
     * @param memoryBytes memory
     * @param mac of its one network card
     * @param address its address in the cluster
     * @param disk the key of the DISK on the same host that it starts from
     * @param segment the key of the SEGMENT on the same host that it is plugged into
     */
    record MachineSpec(
            String name, int cpus, long memoryBytes, String mac, String address, ResourceKey disk, ResourceKey segment)
            implements ResourceSpec {
        @Override
        public ResourceKind kind() {
            return ResourceKind.MACHINE;
        }
    }

    /**
     * The cluster's VLAN on a host.
     *
     * @param vlan the VLAN id at this site, 1 to 4094
     * @param mtu in bytes
     * @param gateway what the host does as the segment's gateway; null on any other host
     */
    record SegmentSpec(int vlan, int mtu, @Nullable Gateway gateway) implements ResourceSpec {
        @Override
        public ResourceKind kind() {
            return ResourceKind.SEGMENT;
        }

        /**
         * The gateway's part.
         *
         * @param address the gateway's own address in the cluster, with the prefix length
         * @param nat whether it translates addresses towards the outside: at the master only
         */
        public record Gateway(String address, boolean nat) {}
    }

    /**
     * One end of an Ethernet VPN.
     *
     * @param segment the key of the SEGMENT that it extends
     * @param peer the site at the other end
     * @param listen whether this end waits for the other: at the master
     * @param localPort this end's port
     * @param remoteAddress the other end's address
     * @param remotePort the other end's port
     * @param mtu of the cluster, in bytes
     */
    record LinkSpec(
            ResourceKey segment,
            SiteId peer,
            boolean listen,
            int localPort,
            String remoteAddress,
            int remotePort,
            int mtu)
            implements ResourceSpec {
        @Override
        public ResourceKind kind() {
            return ResourceKind.LINK;
        }
    }

    /**
     * A logical volume exported to exactly one host, or to none.
     *
     * @param pool the volume group
     * @param bytes its size
     * @param initiator the host that may attach it; null: none (fenced)
     * @param chapUser the name for CHAP
     * @param sealedChapSecret the secret for CHAP, sealed to the storage host's key
     */
    record VolumeSpec(String pool, long bytes, @Nullable HostId initiator, String chapUser, String sealedChapSecret)
            implements ResourceSpec {
        @Override
        public ResourceKind kind() {
            return ResourceKind.VOLUME;
        }

        /** Says nothing of the secret, although it is sealed. */
        @Override
        public String toString() {
            return "VolumeSpec[pool=" + pool + ", bytes=" + bytes + ", initiator=" + initiator + ", chapUser="
                    + chapUser + "]";
        }
    }

    /**
     * A volume's LUN attached to this host.
     *
     * @param storageHost where the volume is
     * @param volume the volume's key there
     * @param chapUser the name for CHAP
     * @param sealedChapSecret the secret for CHAP, sealed to this host's key
     */
    record DiskSpec(HostId storageHost, ResourceKey volume, String chapUser, String sealedChapSecret)
            implements ResourceSpec {
        @Override
        public ResourceKind kind() {
            return ResourceKind.DISK;
        }

        /** Says nothing of the secret, although it is sealed. */
        @Override
        public String toString() {
            return "DiskSpec[storageHost=" + storageHost + ", volume=" + volume + ", chapUser=" + chapUser + "]";
        }
    }

    /**
     * A transparent package cache.
     *
     * @param segment the key of the SEGMENT whose machines it serves
     * @param origin the address of the frontend, whose packages it keeps
     * @param bytes the space that it may fill
     * @param software the software sets, for prefetching
     */
    record CacheSpec(ResourceKey segment, String origin, long bytes, List<String> software) implements ResourceSpec {
        public CacheSpec {
            software = List.copyOf(software);
        }

        @Override
        public ResourceKind kind() {
            return ResourceKind.CACHE;
        }
    }
}

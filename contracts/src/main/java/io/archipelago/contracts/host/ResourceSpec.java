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
            case LINK ->
                new LinkSpec(
                        segment,
                        key.allocation().site(),
                        false,
                        new LinkSpec.Ends(0, "", 0, "", ""),
                        0,
                        LinkDriver.OPENVPN,
                        "",
                        0,
                        0);
            case VOLUME -> new VolumeSpec("", 0, null, "", "");
            case DISK -> new DiskSpec(host, new ResourceKey(ResourceKind.VOLUME, key.id()), "", "", "");
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
     * @param reboot the generation with which somebody asked last that it be rebooted, 0: never. One that was started by a lower one is shut down and
     *     started again
     */
    record MachineSpec(
            String name,
            int cpus,
            long memoryBytes,
            String mac,
            String address,
            ResourceKey disk,
            ResourceKey segment,
            long reboot)
            implements ResourceSpec {

        /** As it is when it was never rebooted. */
        public MachineSpec(
                String name,
                int cpus,
                long memoryBytes,
                String mac,
                String address,
                ResourceKey disk,
                ResourceKey segment) {
            this(name, cpus, memoryBytes, mac, address, disk, segment, 0);
        }

        /** The same, to be rebooted with a generation. */
        public MachineSpec rebootedWith(long generation) {
            return new MachineSpec(name, cpus, memoryBytes, mac, address, disk, segment, generation);
        }

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
         * The gateway's part: it gives the machines of its own site their addresses by DHCP, and tells every machine's name by DNS.
         *
         * @param address the gateway's own address in the cluster, with the prefix length
         * @param nat whether it translates addresses towards the outside: at the master only
         * @param router the machines' way to the outside: the address of the master's gateway in the cluster
         * @param stations every machine of the cluster
         */
        public record Gateway(String address, boolean nat, String router, List<Station> stations) {
            public Gateway {
                stations = List.copyOf(stations);
            }
        }

        /**
         * A machine, as the segment knows it.
         *
         * @param name its host name
         * @param mac of its one network card
         * @param address its address in the cluster
         * @param here whether it is a machine of this site
         */
        public record Station(String name, String mac, String address, boolean here) {}
    }

    /**
     * One end of an Ethernet VPN.
     *
     * @param segment the key of the SEGMENT that it extends
     * @param peer the site at the other end
     * @param listen whether this end waits for the other: at the master
     * @param ends where both ends are
     * @param mtu of the cluster, in bytes
     * @param driver how the ends are joined
     * @param peerKey what proves that the other end is who it should be, as that gateway announced it; empty if the driver needs none
     * @param tunnel tells this link from any other between the same gateways, 1 to 16777215; the same at both ends
     * @param bandwidth what it may take of the WAN, in bits per second; 0: not limited
     */
    record LinkSpec(
            ResourceKey segment,
            SiteId peer,
            boolean listen,
            Ends ends,
            int mtu,
            LinkDriver driver,
            String peerKey,
            int tunnel,
            long bandwidth)
            implements ResourceSpec {
        public LinkSpec {
            WanWords.key(peerKey);
        }

        @Override
        public ResourceKind kind() {
            return ResourceKind.LINK;
        }

        /**
         * Where the ends of a link are: on the WAN, and in the cluster.
         *
         * @param localPort this end's port on its gateway
         * @param remoteAddress the other gateway's address on the WAN
         * @param remotePort the other end's port
         * @param localGateway this gateway's own address in the cluster
         * @param remoteGateway the other gateway's own address in the cluster
         */
        public record Ends(
                int localPort, String remoteAddress, int remotePort, String localGateway, String remoteGateway) {
            public Ends {
                WanWords.port(localPort);
                WanWords.address(remoteAddress);
                WanWords.port(remotePort);
                WanWords.address(localGateway);
                WanWords.address(remoteGateway);
            }
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
     * @param portal the address and port at which the storage host serves it, such as {@code 10.10.0.31:3260}
     * @param chapUser the name for CHAP
     * @param sealedChapSecret the secret for CHAP, sealed to this host's key
     */
    record DiskSpec(HostId storageHost, ResourceKey volume, String portal, String chapUser, String sealedChapSecret)
            implements ResourceSpec {
        @Override
        public ResourceKind kind() {
            return ResourceKind.DISK;
        }

        /** Says nothing of the secret, although it is sealed. */
        @Override
        public String toString() {
            return "DiskSpec[storageHost=" + storageHost + ", volume=" + volume + ", portal=" + portal + ", chapUser="
                    + chapUser + "]";
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

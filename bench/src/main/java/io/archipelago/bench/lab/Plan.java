package io.archipelago.bench.lab;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is desired on the lab's hosts: a cluster for each way of joining two gateways, and one with a volume of each sort. */
final class Plan {

    static final String GROUP = "vg0";
    static final String THIN_POOL = GROUP + "/tp0";

    /** A link of each sort. */
    static final List<LinkDriver> LINKS = List.of(LinkDriver.values());

    /** What the WAN carries uncut, in bytes. */
    static final int WAN_MTU = 1500;

    private static final String USER = "user";
    /** The hosts are told to open whatever is sealed. */
    private static final String SECRET = "secret-number-1";

    private static final int FIRST_PORT = 20_000;
    private static final int FIRST_VLAN = 100;
    private static final AllocationId DISKS = allocation(99, "tokyo");

    private Plan() {}

    /** A site's gateway. */
    record Gateway(String site, int number) {

        static final Gateway TOKYO = new Gateway("tokyo", 1);
        static final Gateway OSAKA = new Gateway("osaka", 2);

        HostId host() {
            return new HostId(site + "-g1");
        }

        String wanAddress() {
            return "192.0.2." + number;
        }

        /** In every cluster. */
        String clusterAddress() {
            return "172.16." + number + ".254";
        }

        Gateway other() {
            return equals(TOKYO) ? OSAKA : TOKYO;
        }
    }

    /** The segment of the cluster whose gateways are joined that way. */
    static ResourceKey segment(Gateway gateway, LinkDriver driver) {
        return ResourceKey.of(ResourceKind.SEGMENT, allocation(number(driver), gateway.site()));
    }

    /**
     * All segments of a gateway, each with its end of a link.
     *
     * @param peerKeys what the other gateway proves itself with
     */
    static List<DesiredResource> links(Gateway gateway, Map<LinkDriver, String> peerKeys) {
        List<DesiredResource> all = new ArrayList<>();
        for (LinkDriver driver : LINKS) {
            ResourceKey segment = segment(gateway, driver);
            all.add(desired(segment, segmentSpec(gateway, driver)));
            all.add(desired(
                    ResourceKey.of(
                            ResourceKind.LINK,
                            segment.allocation(),
                            gateway.other().site()),
                    linkSpec(gateway, driver, segment, peerKeys.getOrDefault(driver, ""))));
        }
        return all;
    }

    /** The largest packet of a cluster whose frames fill the WAN's packets. */
    static int mtu(LinkDriver driver) {
        return WAN_MTU - driver.overhead();
    }

    private static SegmentSpec segmentSpec(Gateway gateway, LinkDriver driver) {
        return new SegmentSpec(
                FIRST_VLAN + number(driver),
                mtu(driver),
                new SegmentSpec.Gateway(
                        gateway.clusterAddress() + "/12", false, Gateway.TOKYO.clusterAddress(), List.of()));
    }

    private static LinkSpec linkSpec(Gateway gateway, LinkDriver driver, ResourceKey segment, String peerKey) {
        Gateway other = gateway.other();
        return new LinkSpec(
                segment,
                new SiteId(other.site()),
                gateway.equals(Gateway.TOKYO),
                new LinkSpec.Ends(
                        port(gateway, driver),
                        other.wanAddress(),
                        port(other, driver),
                        gateway.clusterAddress(),
                        other.clusterAddress()),
                mtu(driver),
                driver,
                peerKey,
                number(driver),
                0);
    }

    /** A volume of the group, or of the thin pool in it. */
    static ResourceKey volume(boolean thin) {
        return ResourceKey.of(ResourceKind.VOLUME, DISKS, thin ? "thin" : "thick");
    }

    /** Both volumes, each served to the compute host. */
    static List<DesiredResource> volumes(HostId initiator, long bytes) {
        return List.of(
                desired(volume(false), new VolumeSpec(GROUP, bytes, initiator, USER, SECRET)),
                desired(volume(true), new VolumeSpec(THIN_POOL, bytes, initiator, USER, SECRET)));
    }

    static ResourceKey disk(boolean thin) {
        return new ResourceKey(ResourceKind.DISK, volume(thin).id());
    }

    /** Both volumes attached. */
    static List<DesiredResource> disks(HostId storage, String portal) {
        return List.of(
                desired(disk(false), new DiskSpec(storage, volume(false), portal, USER, SECRET)),
                desired(disk(true), new DiskSpec(storage, volume(true), portal, USER, SECRET)));
    }

    private static int number(LinkDriver driver) {
        return 1 + LINKS.indexOf(driver);
    }

    private static int port(Gateway gateway, LinkDriver driver) {
        return FIRST_PORT + 10 * number(driver) + gateway.number();
    }

    private static AllocationId allocation(int number, String site) {
        return new AllocationId(
                ReservationId.parse("019357a0-0000-7000-8000-%012d".formatted(number)), new SiteId(site));
    }

    private static DesiredResource desired(ResourceKey key, ResourceSpec spec) {
        return new DesiredResource(key, 1, false, null, spec);
    }
}

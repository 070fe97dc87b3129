package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * VXLAN within WireGuard, both in the cluster's namespace; WireGuard's packets keep to where the way to the WAN is. WireGuard is the
 * kernel's, or where that has none a process of wireguard-go for each link, which ends with its device.
 *
 * <p>As with OpenVPN the end at the worker waits on its port, and the end at the master begins, from any port.
 */
final class WireGuard implements Tunnel {

    /** What VXLAN adds to a frame's payload. */
    private static final int VXLAN = LinkDriver.VXLAN.overhead();

    /** Of VXLAN (RFC 7348), within WireGuard. */
    private static final String PORT = "4789";

    /** Of addresses in 169.254.0.0/18. */
    private static final int PAIRS = 1 << 13;

    private static final Path MODULE = Path.of("/sys/module/wireguard");
    private static final String KEEP_ALIVE_SECONDS = "5";

    private final Programs programs;
    private final Devices devices;
    private final OwnWireGuardKey own;

    WireGuard(Programs programs, Devices devices, OwnWireGuardKey own) {
        this.programs = programs;
        this.devices = devices;
        this.own = own;
    }

    @Override
    public LinkDriver driver() {
        return LinkDriver.VXLAN_WIREGUARD;
    }

    @Override
    public List<String> programs() {
        return isInKernel() ? List.of("ip", "wg") : List.of("ip", "wg", "wireguard-go");
    }

    @Override
    public String key() throws DriverFault {
        return own.publicKey();
    }

    @Override
    public void open(Link link) throws DriverFault {
        own.publicKey();
        String lower = link.lowerDevice();
        makeLower(link);
        devices.settle(link, lower);
        programs.within(link.place().namespace()).run(settings(link));
        String here = inner(link.spec(), link.spec().listen());
        String there = inner(link.spec(), !link.spec().listen());
        devices.run(link, "address", "replace", here, "peer", there, "dev", lower);
        devices.run(
                link,
                "link",
                "set",
                "dev",
                lower,
                "mtu",
                Integer.toString(link.spec().mtu() + VXLAN),
                "up");
        devices.run(
                link,
                "link",
                "add",
                "dev",
                link.device(),
                "type",
                "vxlan",
                "id",
                Integer.toString(link.spec().tunnel()),
                "local",
                here,
                "remote",
                there,
                "dev",
                lower,
                "dstport",
                PORT);
    }

    @Override
    public String defect(Link link) throws DriverFault {
        Programs.Ended ended =
                programs.within(link.place().namespace()).end(List.of("wg", "show", link.lowerDevice(), "peers"));
        return ended.code() == 0 && ended.out().strip().equals(link.spec().peerKey())
                ? ""
                : "WireGuard does not serve it any more";
    }

    @Override
    public String excuse(Link link) throws DriverFault {
        String told =
                programs.within(link.place().namespace()).run("wg", "show", link.lowerDevice(), "latest-handshakes");
        return told.strip().endsWith("\t0")
                ? "no gateway with the key that %s announced has answered"
                        .formatted(link.spec().peer())
                : "";
    }

    @Override
    public void close(Link link) throws DriverFault {
        Daemons.end("wireguard-go", link.lowerDevice());
    }

    private void makeLower(Link link) throws DriverFault {
        String lower = link.lowerDevice();
        if (isInKernel()) {
            programs.run("ip", "link", "add", "dev", lower, "type", "wireguard");
            return;
        }
        programs.run("wireguard-go", lower);
        if (!devices.appears(lower)) {
            throw DriverFault.failed("wireguard-go does not make its device " + lower);
        }
    }

    private boolean isInKernel() {
        try {
            return Files.exists(MODULE)
                    || programs.end(List.of("modprobe", "--quiet", "wireguard")).code() == 0;
        } catch (DriverFault fault) {
            // No modprobe: a kernel without modules.
            return false;
        }
    }

    private String[] settings(Link link) {
        LinkSpec spec = link.spec();
        List<String> command = new ArrayList<>(List.of(
                "wg", "set", link.lowerDevice(), "private-key", own.privateKey().toString()));
        if (!spec.listen()) {
            command.addAll(List.of("listen-port", Integer.toString(spec.ends().localPort())));
        }
        command.addAll(List.of(
                "peer",
                spec.peerKey(),
                "allowed-ips",
                inner(spec, !spec.listen()) + "/32",
                "persistent-keepalive",
                KEEP_ALIVE_SECONDS));
        if (spec.listen()) {
            command.addAll(List.of("endpoint", endpoint(spec.ends())));
        }
        return command.toArray(String[]::new);
    }

    private static String endpoint(LinkSpec.Ends ends) {
        String address =
                ends.remoteAddress().indexOf(':') < 0 ? ends.remoteAddress() : "[" + ends.remoteAddress() + "]";
        return address + ":" + ends.remotePort();
    }

    /**
     * An address of an end within WireGuard, out of those for links (RFC 3927): no tenant's network has them, and ways to the outside have
     * others of them. The links of a cluster, which alone meet in a namespace, have tunnels that follow each other.
     */
    static String inner(LinkSpec spec, boolean ofListener) {
        int pair = spec.tunnel() & PAIRS - 1;
        return "169.254.%d.%d".formatted(pair >> 7, (pair & 0x7F) << 1 | (ofListener ? 0 : 1));
    }
}

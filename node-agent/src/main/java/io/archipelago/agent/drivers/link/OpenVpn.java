package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * OpenVPN in tap mode: one process for each link. Its tap device goes to the cluster's namespace, while the process and its socket stay
 * where the way to the WAN is; when the process ends, the kernel takes the device away.
 *
 * <p>All links of a cluster have one port at its master, and a process does not share a port with another. So the end at the worker
 * waits on its port, and the end at the master begins, from any port.
 */
final class OpenVpn implements Tunnel {

    private static final Pattern FINGERPRINT = Pattern.compile("([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}");

    /** Says who begins to speak; with {@code verb 3}. */
    private static final Pattern BEGUN = Pattern.compile("TLS: Initial packet from \\[AF_INET6?](\\S+):\\d+,");

    /** An address, and no name that somebody would have to be asked for. */
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private static final String CONFIGURATION = "openvpn.conf";
    private static final String PID = "openvpn.pid";
    private static final String LOG = "openvpn.log";

    /** The log is emptied when it is longer. */
    private static final long MOST_LOGGED = 1 << 20;

    private final Programs programs;
    private final Devices devices;
    private final Records records;
    private final OwnCertificate own;

    OpenVpn(Programs programs, Devices devices, Records records, OwnCertificate own) {
        this.programs = programs;
        this.devices = devices;
        this.records = records;
        this.own = own;
    }

    @Override
    public LinkDriver driver() {
        return LinkDriver.OPENVPN;
    }

    @Override
    public List<String> programs() {
        return List.of("openvpn", "openssl");
    }

    @Override
    public String key() throws DriverFault {
        return own.fingerprint();
    }

    @Override
    public void open(Link link) throws DriverFault {
        own.fingerprint();
        // What former openings came to is no excuse for this one.
        records.put(link.key(), LOG, "");
        Path configuration = records.put(link.key(), CONFIGURATION, configuration(link));
        Programs.Ended ended = programs.end(List.of("openvpn", "--config", configuration.toString()));
        if (ended.code() != 0 || !devices.appears(link.device())) {
            throw DriverFault.failed("openvpn does not start: " + lastLine(log(link)));
        }
    }

    @Override
    public String defect(Link link) throws DriverFault {
        Path directory = records.directory(link.key());
        shorten(directory.resolve(LOG));
        return Daemons.runs(directory.resolve(PID), configurationOf(link)) ? "" : "its openvpn process has ended";
    }

    @Override
    public String excuse(Link link) throws DriverFault {
        String address = link.spec().ends().remoteAddress();
        return isRefused(address, log(link))
                ? "whoever answers at %s has another certificate than the gateway of %s announced"
                        .formatted(address, link.spec().peer())
                : "";
    }

    /** Whether somebody at an address had the wrong certificate. Who else knocks is told by the line before each refusal. */
    static boolean isRefused(String address, List<String> log) {
        String knocks = "";
        for (String line : log) {
            Matcher begun = BEGUN.matcher(line);
            if (begun.find()) {
                knocks = begun.group(1);
            } else if (line.contains("hash verification failed") && isSame(address, knocks)) {
                return true;
            }
        }
        return false;
    }

    /** However each is written; a peer that is known by a name is not told from others. */
    private static boolean isSame(String address, String other) {
        if (!ADDRESS.matcher(address).matches() || !ADDRESS.matcher(other).matches()) {
            return false;
        }
        try {
            return InetAddress.getByName(address).equals(InetAddress.getByName(other));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public void close(Link link) throws DriverFault {
        Daemons.end("openvpn", configurationOf(link));
    }

    private String configurationOf(Link link) {
        return records.directory(link.key()).resolve(CONFIGURATION).toString();
    }

    /** The certificates alone say who may: there is no authority behind them. */
    private String configuration(Link link) throws DriverFault {
        LinkSpec spec = link.spec();
        if (!FINGERPRINT.matcher(spec.peerKey()).matches()) {
            throw DriverFault.failed("what the gateway of %s announced is no fingerprint of a certificate: '%s'"
                    .formatted(spec.peer(), spec.peerKey()));
        }
        LinkSpec.Ends ends = spec.ends();
        Path directory = records.directory(link.key());
        String protocol = ends.remoteAddress().indexOf(':') < 0 ? "udp4" : "udp6";
        String way = spec.listen()
                ? "tls-client\nnobind\nremote %s %d".formatted(ends.remoteAddress(), ends.remotePort())
                : "tls-server\ndh none\nlport %d".formatted(ends.localPort());
        return """
                dev %s
                dev-type tap
                proto %s
                %s
                cert "%s"
                key "%s"
                peer-fingerprint "%s"
                data-ciphers AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305
                tun-mtu %d
                mssfix 0
                persist-tun
                persist-key
                ping 2
                ping-restart 10
                hand-window 15
                tls-timeout 1
                connect-retry 1 4
                connect-timeout 15
                user nobody
                group nogroup
                daemon
                writepid "%s"
                log-append "%s"
                verb 3
                """.formatted(
                        link.device(),
                        protocol,
                        way,
                        own.certificate(),
                        own.privateKey(),
                        spec.peerKey(),
                        spec.mtu(),
                        directory.resolve(PID),
                        directory.resolve(LOG));
    }

    private static String lastLine(List<String> log) {
        return log.isEmpty() ? "it says nothing" : log.getLast();
    }

    private List<String> log(Link link) {
        try {
            return Files.readAllLines(records.directory(link.key()).resolve(LOG), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of();
        }
    }

    private static void shorten(Path log) throws DriverFault {
        try {
            if (Files.exists(log) && Files.size(log) > MOST_LOGGED) {
                Files.writeString(log, "");
            }
        } catch (IOException e) {
            throw DriverFault.failed("can not empty %s: %s".formatted(log, e.getMessage()));
        }
    }
}

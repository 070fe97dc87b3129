package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
            throw DriverFault.failed("openvpn does not start: " + lastLine(link, ""));
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
        if (lastLine(link, "hash verification failed").isEmpty()) {
            return "";
        }
        return "whoever answers at %s has another certificate than the gateway of %s announced"
                .formatted(link.spec().ends().remoteAddress(), link.spec().peer());
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
                verb 1
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

    /** The last line of the log that contains a word; empty if there is none. */
    private String lastLine(Link link, String word) {
        try {
            return Files.readAllLines(records.directory(link.key()).resolve(LOG), StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> line.contains(word))
                    .reduce("", (before, line) -> line);
        } catch (IOException e) {
            return "";
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

package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.LinkDriver;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All that links are made, seen and tried with on one gateway. */
final class Workshop {

    private final Devices devices;
    private final Shaper shaper;
    private final Records records;
    private final Prober prober;
    private final Acceptance acceptance;
    private final Map<LinkDriver, Tunnel> tunnels = new EnumMap<>(LinkDriver.class);

    Workshop(Programs programs, LinkSettings settings) {
        devices = new Devices(programs);
        shaper = new Shaper(programs);
        records = new Records(settings.records(), settings.lastingRecords());
        prober = new Prober(programs);
        acceptance = new Acceptance(prober);
        List<Tunnel> all = new ArrayList<>(List.of(
                new OpenVpn(programs, devices, records, new OwnCertificate(settings.keys(), programs)),
                new WireGuard(programs, devices, new OwnWireGuardKey(settings.keys())),
                new Vxlan(programs),
                new Gretap(programs)));
        if (settings.scripts() != null) {
            all.add(new Console(programs, devices, records, settings.scripts()));
        }
        all.forEach(tunnel -> tunnels.put(tunnel.driver(), tunnel));
    }

    Records records() {
        return records;
    }

    Prober prober() {
        return prober;
    }

    Acceptance acceptance() {
        return acceptance;
    }

    Iterable<Tunnel> tunnels() {
        return tunnels.values();
    }

    Tunnel tunnel(Link link) throws DriverFault {
        Tunnel tunnel = tunnels.get(link.spec().driver());
        if (tunnel == null) {
            throw DriverFault.failed("this gateway is not set up for links of %s"
                    .formatted(link.spec().driver()));
        }
        return tunnel;
    }

    /** What is broken of a link at this end, a sentence; empty if nothing. */
    String defect(Link link) throws DriverFault {
        String found = makingDefect(link);
        return found.isEmpty() ? shaper.defect(link) : found;
    }

    /** The same, of what can only be mended by making the link anew. */
    String makingDefect(Link link) throws DriverFault {
        String found = tunnel(link).defect(link);
        return found.isEmpty() ? devices.defect(link) : found;
    }

    /** Makes a link of which nothing is there. */
    void open(Link link) throws DriverFault {
        Tunnel tunnel = tunnel(link);
        records.write(new Records.Record(link, false));
        tunnel.open(link);
        devices.settle(link, link.device());
        shaper.shape(link);
        devices.plug(link);
        records.write(new Records.Record(link, true));
    }

    /** Gives a link that is there the bandwidth that it should have. */
    void shape(Link link) throws DriverFault {
        shaper.shape(link);
        records.write(new Records.Record(link, true));
    }

    /** Ends what is there of a link, if anything is, all but its record. */
    void close(Link link) throws DriverFault {
        records.write(new Records.Record(link, false));
        tunnel(link).close(link);
        devices.remove(link.key(), link.place());
    }
}

package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.os.Tools;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends of Ethernet VPNs on a gateway, each a port of its cluster's bridge. A {@link Tunnel} makes the device, and a {@link Watch} finds out
 * in the background whether frames pass; so to look at links costs nothing but the reading of their records.
 */
public final class LinuxLinkDriver implements Driver<LinkSpec>, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(LinuxLinkDriver.class);

    private final Workshop workshop;
    private final Places places;
    private final LinkSettings settings;
    private final Map<ResourceKey, Watch> watches = new HashMap<>();

    /** What was wrong with each tunnel that is there when that was asked last, to say it once. */
    private final Map<LinkDriver, String> faults = new ConcurrentHashMap<>();

    /**
     * @param programs run where the gateway's way to the WAN is
     * @param places knows where the gateway's side of each segment is
     */
    public LinuxLinkDriver(Programs programs, Places places, LinkSettings settings) {
        this.workshop = new Workshop(programs, settings);
        this.places = places;
        this.settings = settings;
    }

    /** How this gateway can join the ends of links. Asks at most two programs, and by a thread of its own: nobody who makes links waits for them. */
    public LinkOffers offers() {
        Map<LinkDriver, String> keys = new EnumMap<>(LinkDriver.class);
        Map<LinkDriver, String> missing = new EnumMap<>(LinkDriver.class);
        for (Tunnel tunnel : workshop.tunnels()) {
            List<String> problems = Tools.problems(tunnel.programs());
            if (!problems.isEmpty()) {
                missing.put(tunnel.driver(), String.join("; ", problems));
                continue;
            }
            String fault = "";
            try {
                keys.put(tunnel.driver(), tunnel.key());
            } catch (DriverFault e) {
                fault = e.reason();
            }
            if (!fault.equals(faults.put(tunnel.driver(), fault)) && !fault.isEmpty()) {
                LOG.warnf("no links of %s: %s", tunnel.driver(), fault);
            }
        }
        return new LinkOffers(keys, missing);
    }

    @Override
    public ResourceKind kind() {
        return ResourceKind.LINK;
    }

    @Override
    public Class<LinkSpec> specType() {
        return LinkSpec.class;
    }

    @Override
    public Map<ResourceKey, Observed> observe(Map<ResourceKey, LinkSpec> wanted, Instant now) throws DriverFault {
        Map<ResourceKey, Observed> seen = new LinkedHashMap<>();
        for (Records.Record record : workshop.records().all()) {
            ResourceKey key = record.link().key();
            seen.put(key, observed(record, wanted.get(key)));
        }
        return seen;
    }

    @Override
    public void apply(ResourceKey key, LinkSpec spec, Instant now) throws DriverFault {
        Place place = places.of(spec.segment())
                .orElseThrow(() -> DriverFault.waiting("waits for the bridge of " + spec.segment()));
        Link link = new Link(key, spec, place);
        workshop.tunnel(link);
        Records.Record there = workshop.records().of(key).orElse(null);
        if (there != null && there.made() && there.link().differsOnlyInBandwidth(link) && isSound(there.link())) {
            workshop.shape(link);
            watch(link).mended(link, false);
            return;
        }
        if (there != null) {
            if (!there.link().differsOnlyInBandwidth(link)) {
                forget(key);
            } else if (watches.get(key) instanceof Watch watch) {
                watch.reopening();
            }
            // Also for the next agent it has to be proven anew.
            workshop.records().noteProven(key, false);
        }
        // Also what nobody here remembers: an appliance outlives this host and its records.
        workshop.close(there == null ? link : there.link());
        workshop.open(link);
        watch(link).mended(link, true);
    }

    @Override
    public void remove(ResourceKey key, Instant now) throws DriverFault {
        Optional<Records.Record> there = workshop.records().of(key);
        if (there.isPresent()) {
            forget(key);
            workshop.close(there.get().link());
            workshop.records().remove(key);
        }
    }

    /** Leaves the links as they are, for the next agent. */
    @Override
    public void close() {
        watches.values().forEach(Watch::close);
        watches.clear();
    }

    private Observed observed(Records.Record record, @Nullable LinkSpec wanted) throws DriverFault {
        Link link = record.link();
        if (!record.made()) {
            return seen(Condition.BROKEN, "was not made to its end", link, Map.of());
        }
        if (wanted != null && !wanted.equals(link.spec())) {
            return seen(Condition.DIFFERENT, "is not as specified", link, Map.of());
        }
        if (wanted != null && !places.of(link.spec().segment()).equals(Optional.of(link.place()))) {
            return seen(Condition.BROKEN, "lost the bridge of " + link.spec().segment(), link, Map.of());
        }
        Watch.Finding finding = watch(link).finding();
        if (!finding.defect().isEmpty()) {
            return seen(Condition.BROKEN, finding.defect(), link, finding.figures());
        }
        return switch (finding.stage()) {
            case OPENING -> seen(Condition.MAKING, finding.fault(), link, finding.figures());
            case PROVEN -> seen(Condition.READY, "", link, finding.figures());
            case SILENT -> seen(Condition.BROKEN, finding.fault(), link, finding.figures());
        };
    }

    private static Observed seen(Condition condition, String reason, Link link, Map<String, String> figures) {
        LinkSpec spec = link.spec();
        Map<String, String> details = new HashMap<>(figures);
        details.put("peer", spec.peer().value());
        details.put("port", Integer.toString(spec.ends().localPort()));
        details.put("mtu", Integer.toString(spec.mtu()));
        details.put("driver", spec.driver().name());
        details.put("device", link.device());
        return new Observed(condition, reason, details, Set.of(spec.segment()));
    }

    /** Whether nothing of it has to be made anew. */
    private boolean isSound(Link link) throws DriverFault {
        return workshop.makingDefect(link).isEmpty() && !watch(link).isDead();
    }

    private Watch watch(Link link) {
        return watches.computeIfAbsent(
                link.key(), key -> new Watch(link, workshop.records().isProven(key), workshop, settings));
    }

    private void forget(ResourceKey key) throws DriverFault {
        Watch watch = watches.remove(key);
        if (watch != null) {
            watch.close();
        }
        if (workshop.records().of(key).isPresent()) {
            workshop.records().noteProven(key, false);
        }
    }
}

package io.archipelago.reservation.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Sites;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Reads what a tenant asks for, and says of every field that is wrong what is allowed. */
@Singleton
final class RequestReader {

    private static final String NAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private static final String SOFTWARE = "[a-z0-9][a-z0-9.+-]{0,62}";
    private static final String SOFTWARE_ALLOWED =
            "1 to 63 lower-case letters, digits, . + and -, a letter or digit first";
    private static final int MOST_SETS = 64;
    private static final long LEAST_BANDWIDTH = 1_000_000;
    private static final long MOST_BANDWIDTH = 1_000_000_000_000L;
    private static final long GIB = 1L << 30;

    private final ReservationConfig.Limits limits;
    private final Sites sites;
    private final WindowReader windows;
    private final OccurrenceReader occurrences;
    private final Totals totals;

    RequestReader(ReservationConfig config, Sites sites) {
        this.limits = config.limits();
        this.sites = sites;
        this.windows = new WindowReader(config);
        this.occurrences = new OccurrenceReader(config.limits(), windows);
        this.totals = new Totals(limits);
    }

    /**
     * The request in a body.
     *
     * @param id of the reservation that it will be
     * @throws Rejection INVALID_REQUEST with every field at fault
     */
    Request read(JsonNode body, ReservationId id, Instant now) {
        return read(body, id, window -> List.of(windows.read(window, now))).getFirst();
    }

    /**
     * The requests in a body whose window repeats, at least one, in the order of their windows.
     *
     * @param id of the series
     * @throws Rejection INVALID_REQUEST with every field at fault
     */
    List<Request> readSeries(JsonNode body, ReservationId id, Instant now) {
        return read(body, id, window -> occurrences.read(window, now));
    }

    private List<Request> read(JsonNode body, ReservationId id, Function<Fields, List<TimeWindow>> when) {
        Fields fields = Fields.of(body);
        fields.allowOnly("name", "window", "machines", "sites", "software", "network");
        String name = fields.matching("name", NAME, "1 to 63 lower-case letters, digits and hyphens between them");
        List<TimeWindow> wanted = when.apply(fields.object("window"));
        Fields network = fields.optionalObject("network");
        network.allowOnly("prefix", "bandwidth");
        String prefix = network.text("prefix", ClusterAddressing.DEFAULT_NETWORK);
        int ordinals = ordinals(network, prefix, id);
        Long bandwidth = network.bitRate("bandwidth", LEAST_BANDWIDTH, MOST_BANDWIDTH);
        Fields machines = fields.object("machines");
        machines.allowOnly("compute", "frontend");
        Fields ofCompute = machines.object("compute");
        MachineGroup compute = compute(ofCompute);
        MachineGroup frontend = frontend(machines.optionalObject("frontend"));
        totals.check(ofCompute, frontend, compute);
        SitePolicy policy = policy(fields.optionalObject("sites"), compute.count(), ordinals);
        Software software = software(fields.optionalObject("software"));
        List<FieldError> errors = fields.errors();
        if (!errors.isEmpty()) {
            throw Rejection.invalid(errors);
        }
        return wanted.stream()
                .map(window -> new Request(name, window, frontend, compute, prefix, policy, software, bandwidth))
                .toList();
    }

    private MachineGroup compute(Fields compute) {
        compute.allowOnly("count", "cpus", "memory", "disk", "maxPerHost");
        int count = compute.number("count", 1, limits.machines());
        return group(
                compute,
                MachineRole.COMPUTE,
                count,
                compute.number("maxPerHost", 1, limits.machines(), limits.machines()));
    }

    private MachineGroup frontend(Fields frontend) {
        frontend.allowOnly("cpus", "memory", "disk");
        return group(frontend, MachineRole.FRONTEND, 1, 1);
    }

    private MachineGroup group(Fields fields, MachineRole role, int count, int maxPerHost) {
        return new MachineGroup(
                role,
                1,
                count,
                fields.number("cpus", 1, limits.cpus(), 1),
                fields.size("memory", 128L << 20, limits.memoryGib() * GIB, 2 * GIB),
                fields.size("disk", GIB, limits.diskGib() * GIB, 20 * GIB),
                maxPerHost);
    }

    private SitePolicy policy(Fields asked, int count, int ordinals) {
        asked.allowOnly("policy", "use");
        if (!asked.has("use")) {
            long most = (long) ordinals * sites.numbers().size();
            if (count > most) {
                asked.outer(
                        "machines.compute.count",
                        "at most " + most + ", for which the network has addresses at the sites that this one knows");
            }
            String policy = asked.text("policy", "FEWEST_SITES");
            return switch (policy) {
                case "FEWEST_SITES" -> new SitePolicy.FewestSites();
                case "SPREAD" -> new SitePolicy.Spread();
                case "CHEAPEST" -> new SitePolicy.Cheapest();
                case "NEAREST" -> new SitePolicy.Nearest();
                default -> {
                    asked.error("policy", "FEWEST_SITES, SPREAD, CHEAPEST or NEAREST; or name the sites with 'use'");
                    yield new SitePolicy.FewestSites();
                }
            };
        }
        if (asked.has("policy")) {
            asked.error("policy", "either 'policy' or 'use', not both");
        }
        Fields use = asked.object("use");
        Map<SiteId, Integer> machines = new TreeMap<>();
        String known =
                sites.numbers().keySet().stream().map(SiteId::value).sorted().collect(Collectors.joining(", "));
        for (String site : use.names()) {
            if (sites.numbers().keySet().stream().noneMatch(s -> s.value().equals(site))) {
                use.error(site, "a site that this one knows: " + known);
            } else {
                machines.put(new SiteId(site), use.number(site, 1, Math.min(limits.machines(), ordinals)));
            }
        }
        int sum = machines.values().stream().mapToInt(Integer::intValue).sum();
        if (use.clean() && sum != count) {
            asked.error("use", "numbers that add up to machines.compute.count, " + count + ", not to " + sum);
        }
        return new SitePolicy.Named(machines);
    }

    private static Software software(Fields software) {
        software.allowOnly("os", "sets");
        String os = software.text("os", "debian-12");
        if (!os.matches(SOFTWARE)) {
            software.error("os", "the name of an operating system, such as debian-12: " + SOFTWARE_ALLOWED);
        }
        List<JsonNode> asked = software.list("sets");
        boolean named =
                asked.stream().allMatch(s -> s.isTextual() && s.textValue().matches(SOFTWARE));
        if (asked.size() > MOST_SETS || !named) {
            software.error(
                    "sets", "a list of at most " + MOST_SETS + " names of software sets, each of " + SOFTWARE_ALLOWED);
            return new Software(os, List.of());
        }
        return new Software(os, asked.stream().map(JsonNode::textValue).toList());
    }

    private static int ordinals(Fields network, String prefix, ReservationId id) {
        try {
            return ClusterAddressing.of(prefix, id).computeOrdinals();
        } catch (IllegalArgumentException e) {
            network.error("prefix", String.valueOf(e.getMessage()));
            return Integer.MAX_VALUE;
        }
    }

    static List<String> names(JsonNode object) {
        return StreamSupport.stream(((Iterable<String>) object::fieldNames).spliterator(), false)
                .toList();
    }
}

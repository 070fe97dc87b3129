package io.archipelago.contracts;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Every topic, its owner (who alone writes it) and its key. Names follow {@code <owner>.(commands|events).v<major>}.
 *
 * <table>
 * <caption>Topics of one site's broker</caption>
 * <tr><th>topic</th><th>written by</th><th>read by</th><th>key</th></tr>
 * <tr><td>allocation.commands.v1</td><td>reservation</td><td>the four participants</td><td>allocation</td></tr>
 * <tr><td>&lt;participant&gt;.events.v1</td><td>that participant</td><td>reservation</td><td>allocation; site</td></tr>
 * <tr><td>placement.commands.v1</td><td>reservation</td><td>placement</td><td>reservation</td></tr>
 * <tr><td>reservation.events.v1</td><td>reservation</td><td>placement</td><td>site</td></tr>
 * <tr><td>federation.to.&lt;site&gt;.v1</td><td>reservation</td><td>reservation of that site</td><td>allocation, site or "digest"</td></tr>
 * <tr><td>host.&lt;host&gt;.desired.v1</td><td>the participants</td><td>that host's agent</td><td>kind/id</td></tr>
 * <tr><td>host.&lt;host&gt;.observed.v1</td><td>that host's agent</td><td>the participants</td><td>kind/id; host/host</td></tr>
 * <tr><td>host.events.v1</td><td>storage, placement; the participant that an operator told</td><td>the four participants</td><td>host</td></tr>
 * <tr><td>&lt;consumer&gt;.dead-letter.v1</td><td>that consumer</td><td>operators</td><td>as it came</td></tr>
 * </table>
 */
public final class Topics {

    public static final String ALLOCATION_COMMANDS = "allocation.commands.v1";
    public static final String PLACEMENT_COMMANDS = commands("placement");
    public static final String RESERVATION_EVENTS = events("reservation");

    /** What participants tell each other of hosts. */
    public static final String HOST_EVENTS = events("host");

    /** Every service of a site, by the short name that its topics, database and consumer group bear. */
    public static final List<String> SERVICES = List.of("reservation", "placement", "network", "storage", "cache");

    /**
     * The broker's settings of the topics of a host, whoever makes them first. Heartbeats fill a segment of 4 MiB in a day, and one that is
     * written to is not compacted: small segments, of an hour at most, let compaction have them. Messages bear the time at which the broker
     * wrote them down: by it a host tells how far its own clock is off.
     */
    public static final Map<String, String> SETTINGS_OF_HOSTS = Map.of(
            "cleanup.policy",
            "compact",
            "message.timestamp.type",
            "LogAppendTime",
            "segment.bytes",
            Integer.toString(4 << 20),
            "segment.ms",
            Long.toString(Duration.ofHours(1).toMillis()));

    private Topics() {}

    public static String commands(String service) {
        return service + ".commands.v1";
    }

    public static String events(String service) {
        return service + ".events.v1";
    }

    public static String deadLetter(String consumer) {
        return consumer + ".dead-letter.v1";
    }

    /** One partition: everything this site has to say to a peer, in the order of its stream sequence. */
    public static String federationTo(SiteId peer) {
        return "federation.to." + peer + ".v1";
    }

    /** Compacted: what should be on a host. */
    public static String desired(HostId host) {
        return "host." + host + ".desired.v1";
    }

    /** Compacted: what its agent sees on a host, and the host's heartbeat. */
    public static String observed(HostId host) {
        return "host." + host + ".observed.v1";
    }

    /** The topics that a site's broker needs apart from those of its hosts and peers. */
    public static List<String> ofServices() {
        List<String> topics = new ArrayList<>();
        topics.add(ALLOCATION_COMMANDS);
        topics.add(PLACEMENT_COMMANDS);
        topics.add(HOST_EVENTS);
        for (String service : SERVICES) {
            topics.add(events(service));
            topics.add(deadLetter(service));
        }
        return List.copyOf(topics);
    }
}

package io.archipelago.simulation;

import io.archipelago.contracts.federation.StreamPosition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A site's broker: topics with their consumers, and the last message of every key for those that are compacted. */
final class Broker {

    private record Subscription(Lane.Consumer consumer, LongSupplier blockedUntil) {}

    private record Place(Lane.Consumer consumer, Lane.Id id) {}

    private final World world;
    private final Map<String, List<Subscription>> subscriptions = new HashMap<>();
    private final Map<Place, Lane> lanes = new LinkedHashMap<>();
    private final Map<String, Map<Object, Posted>> compacted = new HashMap<>();
    private final Map<String, StreamPosition> places = new HashMap<>();

    Broker(World world) {
        this.world = world;
    }

    void subscribe(String topic, Lane.Consumer consumer) {
        subscribe(topic, consumer, () -> 0);
    }

    void subscribe(String topic, Lane.Consumer consumer, LongSupplier blockedUntil) {
        subscriptions.computeIfAbsent(topic, t -> new ArrayList<>()).add(new Subscription(consumer, blockedUntil));
    }

    /** Keeps the last message of every key of a topic. */
    void compact(String topic) {
        compacted.put(topic, new LinkedHashMap<>());
    }

    void append(Posted posted) {
        StreamPosition stream = posted.stream();
        if (stream != null) {
            places.merge(posted.topic(), stream, Broker::later);
        }
        Map<Object, Posted> last = compacted.get(posted.topic());
        if (last != null) {
            last.put(posted.key(), posted);
        }
        Lane.Id id = new Lane.Id(posted.topic(), posted.key());
        for (Subscription to : subscriptions.getOrDefault(posted.topic(), List.of())) {
            lanes.computeIfAbsent(
                            new Place(to.consumer(), id), place -> new Lane(world, to.consumer(), to.blockedUntil()))
                    .append(posted);
        }
    }

    /** The last place that stands in a topic; null: it is empty. */
    @Nullable
    StreamPosition lastPlace(String topic) {
        return places.get(topic);
    }

    private static StreamPosition later(StreamPosition a, StreamPosition b) {
        return Comparator.comparingLong(StreamPosition::epoch)
                                .thenComparingLong(StreamPosition::sequence)
                                .compare(a, b)
                        < 0
                ? b
                : a;
    }

    /** What a reader that begins at the start of a compacted topic finds. */
    Collection<Posted> compactedContents(String topic) {
        return compacted.getOrDefault(topic, Map.of()).values();
    }

    /** The lanes of one consumer. */
    List<Lane> lanesOf(Lane.Consumer consumer) {
        List<Lane> found = new ArrayList<>();
        lanes.forEach((place, lane) -> {
            if (place.consumer() == consumer) {
                found.add(lane);
            }
        });
        return found;
    }

    /** The lanes of one consumer on one topic. */
    List<Lane> lanesOf(Lane.Consumer consumer, String topic) {
        List<Lane> found = new ArrayList<>();
        lanes.forEach((place, lane) -> {
            if (place.consumer() == consumer && place.id().topic().startsWith(topic)) {
                found.add(lane);
            }
        });
        return found;
    }

    boolean drained() {
        return lanes.entrySet().stream()
                .allMatch(lane -> lane.getValue().drained()
                        || lane.getKey().consumer() instanceof Host host && host.isDestroyed());
    }
}

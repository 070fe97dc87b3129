package io.archipelago.bus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the active relay has in memory of the outbox: a lane per ordering key, of which only the head is on its way.
 *
 * <p>A lane whose head was not taken is set aside. It keeps its head, which is tried until it is taken, and the outbox keeps the rest:
 * nothing of the lane is read until then, so that what can not leave takes no place from what can. If a topic refuses everything, or too
 * many of its lanes are aside, nothing of it is read, and of further lanes of it not even the head is kept.
 *
 * <pre>
 *             read                          not taken
 *   outbox ---------> head, others behind it ---------> head alone (aside)
 *      ^                |                                 |      \_ its topic is shut: nothing
 *      |                | taken                           | taken
 *      |                v                                 v
 *      +---------- next head, or none <-------------------+
 * </pre>
 *
 * <p>Order holds since what is in memory of a lane are always the first of its rows in the outbox, and what is read always the next ones.
 * A topic that is shut has a lane aside, so that somebody finds out when it takes records again.
 */
final class Lanes {

    /** With fewer lanes aside a topic is not shut: a few records that no broker takes should not do that. */
    static final int ASIDE_OF_TOPIC = 16;

    /** Nor with less than this part of the window: the keys of a partition without a leader should not do it as long as there is room. */
    private static final int PART_OF_WINDOW = 4;

    private final int window;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Set<Long> inMemory = new HashSet<>();
    private final Map<String, Set<String>> asideByTopic = new HashMap<>();
    private final Set<String> refusing = new HashSet<>();
    private final Set<String> cutWhileReading = new HashSet<>();
    private int aside;

    /** A row of the outbox. */
    record Waiting(long id, OutboxRow row) {}

    /** What is not to be read: rows in memory, and what is set aside. */
    record Except(Collection<Long> ids, Collection<String> orderingKeys, Collection<String> topics) {}

    /** The rows of one ordering key that are in memory, in their order. */
    static final class Lane {

        private final String orderingKey;
        private final String topic;
        private final Deque<Waiting> rows = new ArrayDeque<>();
        private boolean aside;

        private Lane(OutboxRow first) {
            orderingKey = first.orderingKey();
            topic = first.topic();
        }

        Waiting head() {
            return rows.element();
        }

        boolean isEmpty() {
            return rows.isEmpty();
        }
    }

    /** @param window how many rows may be in memory, not counting what is aside: at most as many again, and one for each topic */
    Lanes(int window) {
        this.window = window;
    }

    int room() {
        return window - inMemory.size() + aside;
    }

    /** Reading begins. */
    Except except() {
        cutWhileReading.clear();
        List<String> shut = asideByTopic.keySet().stream().filter(this::isShut).toList();
        List<String> keys = asideByTopic.entrySet().stream()
                .filter(topic -> !isShut(topic.getKey()))
                .flatMap(topic -> topic.getValue().stream())
                .toList();
        return new Except(List.copyOf(inMemory), keys, shut);
    }

    /**
     * Reading has ended. What was set aside meanwhile is passed over, and so are lanes that lost rows meanwhile: those stand before what
     * was read.
     *
     * @return the lanes whose heads are to be sent
     */
    List<Lane> add(Collection<Waiting> found) {
        List<Lane> ready = new ArrayList<>();
        for (Waiting waiting : found) {
            OutboxRow row = waiting.row();
            if (cutWhileReading.contains(row.orderingKey())) {
                continue;
            }
            Lane lane = lanes.computeIfAbsent(row.orderingKey(), key -> new Lane(row));
            inMemory.add(waiting.id());
            lane.rows.add(waiting);
            if (lane.rows.size() == 1) {
                ready.add(lane);
            }
        }
        return ready;
    }

    /**
     * The head was taken; the next row is the head.
     *
     * @return whether there may be more to read than before
     */
    boolean taken(Lane lane) {
        lane.rows.remove();
        if (lane.isEmpty()) {
            lanes.remove(lane.orderingKey);
        }
        boolean more = refusing.remove(lane.topic) || lane.aside;
        if (lane.aside) {
            lane.aside = false;
            aside--;
            asideByTopic.computeIfPresent(lane.topic, (topic, keys) -> {
                keys.remove(lane.orderingKey);
                return keys.isEmpty() ? null : keys;
            });
        }
        return more;
    }

    /** Rows that were taken are not in the outbox any more. */
    void deleted(Collection<Long> ids) {
        ids.forEach(inMemory::remove);
    }

    /**
     * The head was not taken.
     *
     * @param byTopic whether nothing of this topic would have been taken
     * @return whether the head is to be tried again
     */
    boolean refused(Lane lane, boolean byTopic) {
        if (byTopic) {
            refusing.add(lane.topic);
        } else {
            refusing.remove(lane.topic);
        }
        if (lane.aside) {
            return true;
        }
        boolean keep = !isShut(lane.topic);
        cut(lane, keep ? 1 : 0);
        if (keep) {
            lane.aside = true;
            aside++;
            asideByTopic.computeIfAbsent(lane.topic, topic -> new HashSet<>()).add(lane.orderingKey);
        } else {
            lanes.remove(lane.orderingKey);
        }
        return keep;
    }

    private void cut(Lane lane, int keep) {
        cutWhileReading.add(lane.orderingKey);
        while (lane.rows.size() > keep) {
            inMemory.remove(lane.rows.removeLast().id());
        }
    }

    private boolean isShut(String topic) {
        Set<String> keys = asideByTopic.get(topic);
        int enough = aside < window ? Math.max(ASIDE_OF_TOPIC, window / PART_OF_WINDOW) : 1;
        return keys != null && (refusing.contains(topic) || keys.size() >= enough);
    }
}

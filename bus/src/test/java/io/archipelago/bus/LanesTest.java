package io.archipelago.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.Lanes.Except;
import io.archipelago.bus.Lanes.Lane;
import io.archipelago.bus.Lanes.Waiting;
import io.archipelago.testkit.Seed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LanesTest {

    private static final int WINDOW = 40;

    private final Lanes lanes = new Lanes(WINDOW);

    @Test
    void shutsATopicThatRefusesAndKeepsOneLaneOfIt() {
        // Given
        List<Lane> heads = lanes.add(rows("missing", 3, 2));

        // When
        List<Boolean> again =
                heads.stream().map(lane -> lanes.refused(lane, true)).toList();

        // Then
        assertThat(again).containsExactly(true, false, false);
        assertThat(lanes.room()).isEqualTo(WINDOW);
        assertThat(lanes.except()).isEqualTo(new Except(List.of(0L), List.of(), List.of("missing")));
    }

    @Test
    void readsATopicAgainOnceItTakesSomething() {
        // Given
        List<Lane> heads = lanes.add(rows("missing", 3, 2));
        heads.forEach(lane -> lanes.refused(lane, true));

        // When
        boolean more = lanes.taken(heads.getFirst());

        // Then
        assertThat(more).isTrue();
        assertThat(lanes.except()).isEqualTo(new Except(List.of(0L), List.of(), List.of()));
    }

    @Test
    void setsAsideALaneAndNotItsTopic() {
        // Given
        List<Lane> heads = lanes.add(rows("good", 2, 3));

        // When
        boolean again = lanes.refused(heads.getFirst(), false);

        // Then
        assertThat(again).isTrue();
        assertThat(lanes.except().orderingKeys()).containsExactly("good/0");
        assertThat(lanes.except().topics()).isEmpty();
    }

    @Test
    void shutsATopicOfWhichManyLanesAreAside() {
        // When
        List<Boolean> again = lanes.add(rows("poor", Lanes.ASIDE_OF_TOPIC + 2, 1)).stream()
                .map(lane -> lanes.refused(lane, false))
                .toList();

        // Then
        assertThat(again).filteredOn(kept -> kept).hasSize(Lanes.ASIDE_OF_TOPIC);
        assertThat(lanes.except().topics()).containsExactly("poor");
    }

    @Test
    void passesOverWhatWasReadWhileItsLaneLostRows() {
        // Given
        List<Waiting> rows = rows("late", 1, 4);
        Lane lane = lanes.add(rows.subList(0, 3)).getFirst();
        lanes.except();
        lanes.refused(lane, true);
        lanes.taken(lane);

        // When
        List<Lane> ready = lanes.add(rows.subList(3, 4));

        // Then
        assertThat(ready).isEmpty();
        assertThat(lanes.except().ids()).containsExactly(0L);
    }

    /** Reading, sending, refusing and deleting in any order, over topics that take everything, something, or nothing for a while. */
    @Test
    void keepsOrderAndBoundsAndLosesNothingWhateverIsRefused() {
        Random random = Seed.random();
        for (int run = 0; run < 300; run++) {
            new Run(new Random(random.nextLong())).toTheEnd();
        }
    }

    private static List<Waiting> rows(String topic, int keys, int each) {
        return IntStream.range(0, keys * each)
                .mapToObj(n -> new Waiting(n, row(topic, n % keys)))
                .toList();
    }

    private static OutboxRow row(String topic, int key) {
        return new OutboxRow(topic, "" + key, OutboxRow.orderingKey(topic, "" + key), "", Map.of());
    }

    /** An outbox, a broker and a relay in small. */
    private static final class Run {

        private static final int TOPICS = 6;
        private static final int KEYS = 30;
        private static final int ROWS = 1_500;

        private final Random random;
        private final Lanes lanes = new Lanes(WINDOW);
        private final TreeMap<Long, OutboxRow> outbox = new TreeMap<>();
        private final Map<String, List<Long>> written = new HashMap<>();
        private final Map<String, List<Long>> sent = new HashMap<>();
        private final List<Lane> onTheWay = new ArrayList<>();
        private final List<Lane> aside = new ArrayList<>();
        private final List<Long> taken = new ArrayList<>();
        private final Set<String> missing = new HashSet<>();
        private final Set<String> poison = new HashSet<>();
        private @Nullable Except reading;
        private @Nullable List<Waiting> found;
        private int room;
        private long next;

        Run(Random random) {
            this.random = random;
        }

        void toTheEnd() {
            while (next < ROWS || !outbox.isEmpty()) {
                step();
                assertThat(onTheWay.size()).isLessThanOrEqualTo(2 * WINDOW + TOPICS);
                assertThat(aside.size()).isLessThanOrEqualTo(WINDOW + TOPICS);
            }
            assertThat(sent).isEqualTo(written);
        }

        private void step() {
            switch (random.nextInt(8)) {
                case 0 -> write();
                case 1 -> beginReading();
                case 2 -> look();
                case 3 -> endReading();
                case 4 -> end(random.nextInt(4) > 0);
                case 5 -> tryAgain();
                case 6 -> delete();
                default -> change();
            }
        }

        private void write() {
            for (int n = random.nextInt(60); n > 0 && next < ROWS; n--) {
                OutboxRow row = row("t" + random.nextInt(TOPICS), random.nextInt(KEYS));
                written.computeIfAbsent(row.orderingKey(), key -> new ArrayList<>())
                        .add(next);
                outbox.put(next++, row);
            }
        }

        private void beginReading() {
            if (reading == null && lanes.room() > 0) {
                reading = lanes.except();
                room = lanes.room();
            }
        }

        private void look() {
            if (reading == null || found != null) {
                return;
            }
            Except except = reading;
            found = outbox.entrySet().stream()
                    .filter(e -> !except.ids().contains(e.getKey()))
                    .filter(e -> !except.orderingKeys().contains(e.getValue().orderingKey()))
                    .filter(e -> !except.topics().contains(e.getValue().topic()))
                    .limit(room)
                    .map(e -> new Waiting(e.getKey(), e.getValue()))
                    .toList();
        }

        private void endReading() {
            if (found != null) {
                onTheWay.addAll(lanes.add(found));
                found = null;
                reading = null;
            }
        }

        /** Something on its way ends; by far not always as it should. */
        private void end(boolean reachable) {
            for (int n = random.nextInt(20); n > 0 && !onTheWay.isEmpty(); n--) {
                Lane lane = onTheWay.remove(random.nextInt(onTheWay.size()));
                OutboxRow row = lane.head().row();
                boolean refusedByTopic = missing.contains(row.topic());
                if (refusedByTopic || poison.contains(row.orderingKey()) || !reachable) {
                    if (lanes.refused(lane, refusedByTopic)) {
                        aside.add(lane);
                    }
                    continue;
                }
                sent.computeIfAbsent(row.orderingKey(), key -> new ArrayList<>())
                        .add(lane.head().id());
                taken.add(lane.head().id());
                lanes.taken(lane);
                if (!lane.isEmpty()) {
                    onTheWay.add(lane);
                }
            }
        }

        private void tryAgain() {
            for (int n = random.nextInt(10); n > 0 && !aside.isEmpty(); n--) {
                onTheWay.add(aside.remove(random.nextInt(aside.size())));
            }
        }

        private void delete() {
            taken.forEach(outbox::remove);
            lanes.deleted(taken);
            taken.clear();
        }

        private void change() {
            boolean last = next >= ROWS;
            toggle(missing, "t" + random.nextInt(TOPICS), topic -> !last && random.nextInt(3) == 0);
            toggle(poison, "t" + random.nextInt(TOPICS) + "/" + random.nextInt(KEYS), key -> !last);
            if (last && random.nextInt(20) == 0) {
                missing.clear();
                poison.clear();
            }
        }

        private static void toggle(Collection<String> set, String value, Predicate<String> add) {
            if (!set.remove(value) && add.test(value)) {
                set.add(value);
            }
        }
    }
}

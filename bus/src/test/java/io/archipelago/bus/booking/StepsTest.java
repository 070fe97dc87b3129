package io.archipelago.bus.booking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Trees of several storeys, which grow, are thinned out and grow again, beside a sorted map of the same steps. */
class StepsTest {

    private static final int DIMENSIONS = 2;
    private static final int QUESTIONS = 20;
    private static final long FIRST = 10;

    private final TreeMap<Long, long[]> changes = new TreeMap<>();
    private Steps steps = Steps.none(DIMENSIONS);

    @Property(tries = 200)
    void areWhatTheWholeLineOfThemIs(@ForAll long seed, @ForAll @IntRange(min = 3, max = 1_500) int instants) {
        Random random = new Random(seed);
        for (int shareOfNew : List.of(90, 10, 50, 0)) {
            for (int i = 0; i < instants; i++) {
                edit(random, shareOfNew, instants);
            }
            for (int i = 0; i < QUESTIONS; i++) {
                ask(random, instants);
            }
        }
    }

    @Property(tries = 50)
    void areNoneOnceAllAreUndone(@ForAll long seed, @ForAll @IntRange(min = 1, max = 1_500) int instants) {
        // Given
        Random random = new Random(seed);
        for (int i = 0; i < instants; i++) {
            edit(random, 100, instants);
        }

        // When
        List<Long> left = new ArrayList<>(changes.keySet());
        Collections.shuffle(left, random);
        left.forEach(this::undo);

        // Then
        assertThat(steps.isEmpty()).isTrue();
        assertThat(steps.next(Steps.NONE)).isEqualTo(Steps.NONE);
    }

    @Test
    void areTheSameIfNothingIsChanged() {
        // Given
        Steps some = steps.changed(FIRST, new long[] {1, 0});

        // Then
        assertThat(some.changed(FIRST + 1, new long[DIMENSIONS])).isSameAs(some);
    }

    @Test
    void doNotChangeForWhomeverStillHasThem() {
        // Given
        List<Steps> former = new ArrayList<>(List.of(steps));
        for (int i = 0; i < 200; i++) {
            former.add(former.getLast().changed(FIRST + i % 100, new long[] {1, -1}));
        }

        // Then
        for (int i = 0; i < former.size(); i++) {
            long[] level = new long[DIMENSIONS];
            former.get(i).addUpTo(FIRST + 100, level);
            assertThat(level).containsExactly(i, -i);
        }
    }

    private void edit(Random random, int shareOfNew, int instants) {
        if (changes.isEmpty() || random.nextInt(100) < shareOfNew) {
            change(FIRST + random.nextInt(instants), new long[] {random.nextLong(-3, 4), random.nextLong(-3, 4)});
        } else {
            Long at = changes.ceilingKey(FIRST + random.nextInt(instants));
            undo(at == null ? changes.lastKey() : at);
        }
    }

    private void undo(long at) {
        change(at, Arrays.stream(changes.get(at)).map(each -> -each).toArray());
    }

    private void change(long at, long[] by) {
        steps = steps.changed(at, by);
        long[] sum = changes.computeIfAbsent(at, none -> new long[DIMENSIONS]);
        for (int d = 0; d < DIMENSIONS; d++) {
            sum[d] += by[d];
        }
        if (Arrays.stream(sum).allMatch(each -> each == 0)) {
            changes.remove(at);
        }
    }

    private void ask(Random random, int instants) {
        long from = FIRST - 2 + random.nextInt(instants + 4);
        long to = from + 1 + random.nextInt(instants);
        long[] limit = {random.nextLong(-5, 20), random.nextLong(-5, 20)};

        Long next = changes.higherKey(from);
        assertThat(steps.next(from)).isEqualTo(next == null ? Steps.NONE : next);

        long[] level = new long[DIMENSIONS];
        steps.addUpTo(from, level);
        assertThat(level).isEqualTo(levelAt(from));

        long[] highest = levelAt(from);
        long last = Steps.NONE;
        for (Map.Entry<Long, long[]> step :
                changes.subMap(from, false, to, false).entrySet()) {
            long[] after = levelAt(step.getKey());
            for (int d = 0; d < DIMENSIONS; d++) {
                highest[d] = Math.max(highest[d], after[d]);
            }
            last = Steps.isAbove(after, limit) ? step.getKey() : last;
        }
        long[] raised = levelAt(from);
        steps.raise(from, to, new long[DIMENSIONS], raised);
        assertThat(raised).isEqualTo(highest);
        assertThat(steps.lastAbove(from, to, new long[DIMENSIONS], limit)).isEqualTo(last);
    }

    private long[] levelAt(long at) {
        long[] level = new long[DIMENSIONS];
        changes.headMap(at, true).values().forEach(change -> {
            for (int d = 0; d < DIMENSIONS; d++) {
                level[d] += change[d];
            }
        });
        return level;
    }
}

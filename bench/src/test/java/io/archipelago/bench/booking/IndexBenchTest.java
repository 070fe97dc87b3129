package io.archipelago.bench.booking;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bench.booking.Timeline.Entry;
import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Skyline;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IndexBenchTest {

    private static final Amounts WANTED = Amounts.of(Timeline.CPUS, 20, Timeline.MEMORY, 90);

    /** Else the one were compared with the other for nothing. */
    @Test
    void theSweepAnswersAsTheIndexDoes() {
        Timeline timeline = new Timeline(2_000, 7);
        List<Entry> entries = timeline.entries();
        Skyline skyline = Timeline.skyline(entries);
        Set<Boolean> answers = new HashSet<>();

        for (int cpus = 900; cpus <= 1_300; cpus += 4) {
            Amounts capacity = Amounts.of(Timeline.CPUS, cpus, Timeline.MEMORY, 4L * cpus);
            Entry other = timeline.entry();
            boolean free = skyline.hasRoom(capacity, WANTED, other.during());
            answers.add(free);

            assertThat(IndexBench.sweep(entries, capacity, WANTED, other.during()))
                    .as(other + " at " + capacity)
                    .isEqualTo(free);
        }

        assertThat(answers).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void theSameSeedDrawsTheSameBookings() {
        assertThat(new Timeline(50, 3).entries())
                .isEqualTo(new Timeline(50, 3).entries())
                .isNotEqualTo(new Timeline(50, 4).entries());
    }
}

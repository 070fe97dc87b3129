package io.archipelago.bench.booking;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Skyline;
import io.archipelago.contracts.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Bookings of one pool, drawn by lot. The more there are, the longer is the time that they are spread over: at every instant there are some
 * 120, each of up to two days.
 */
final class Timeline {

    static final String CPUS = "cpus";
    static final String MEMORY = "memory";

    private static final Instant BEGIN = Instant.parse("2027-01-01T00:00:00Z");
    private static final Duration BETWEEN = Duration.ofMinutes(12);
    private static final int MOST_HOURS = 48;
    private static final int MOST_CPUS = 16;
    private static final int MOST_GIBIBYTES = 64;

    private final int count;
    private final SplittableRandom random;

    /** @param count how many bookings it has */
    Timeline(int count, int seed) {
        this.count = count;
        this.random = new SplittableRandom(seed);
    }

    /** A booking without its owner. */
    record Entry(TimeWindow during, Amounts amounts) {}

    List<Entry> entries() {
        return IntStream.range(0, count).mapToObj(i -> entry()).toList();
    }

    /** One that it could have had. */
    Entry entry() {
        return new Entry(
                window(),
                Amounts.of(CPUS, random.nextLong(1, MOST_CPUS + 1), MEMORY, random.nextLong(1, MOST_GIBIBYTES + 1)));
    }

    private TimeWindow window() {
        Instant start = BEGIN.plusSeconds(random.nextLong(count * BETWEEN.toSeconds()));
        return new TimeWindow(start, start.plus(Duration.ofHours(random.nextInt(1, MOST_HOURS + 1))));
    }

    static Skyline skyline(List<Entry> entries) {
        Skyline skyline = Skyline.FLAT;
        for (Entry entry : entries) {
            skyline = skyline.with(entry.during(), entry.amounts());
        }
        return skyline;
    }
}

package io.archipelago.reservation.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.reservation.domain.Quota.Use;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** In minutes of a day; a reservation from 10 to 20, of four machines. */
class UseOverTimeTest {

    private static final Instant DAY = Instant.parse("2026-12-01T00:00:00Z");
    private static final int MINUTES = 40;
    private static final Use FOUR = use(10, 20, 4);

    @Test
    void whatIsNewCountsWithAllOfItsTime() {
        assertThat(becoming(List.of(), FOUR, 15)).containsExactly(FOUR);
    }

    @Test
    void whatHasNotBegunCountsForWhatItBecomes() {
        assertThat(becoming(List.of(FOUR), use(12, 25, 6), 10)).containsExactly(use(12, 25, 6));
    }

    @Test
    void whatHasBegunCountsForWhatItWasUntilItBecomesAnother() {
        assertThat(becoming(List.of(FOUR), use(10, 25, 6), 15)).containsExactly(over(10, 15, 4), use(15, 25, 6));
    }

    @Test
    void whatIsAskedForCountsUntilItIsAnswered() {
        // When
        List<Use> asked = becoming(List.of(FOUR), asked(10, 20, 6), 15);

        // Then
        assertThat(asked).containsExactly(over(10, 15, 4), asked(15, 20, 6));
        assertThat(becoming(asked, FOUR, 16)).as("refused: all is as it was").containsExactly(FOUR);
        assertThat(becoming(asked, use(10, 20, 6), 16))
                .as("agreed: it was held since it was asked for")
                .containsExactly(over(10, 15, 4), use(15, 20, 6));
    }

    @Test
    void toAskForLessCountsForNothingLess() {
        List<Use> asked = becoming(List.of(FOUR), asked(10, 20, 4), 15);

        assertThat(asked).containsExactly(over(10, 15, 4), asked(15, 20, 4));
        assertThat(becoming(asked, use(10, 20, 2), 16)).containsExactly(over(10, 15, 4), use(15, 20, 2));
    }

    @Test
    void whatIsOverByWhatItBecomesStaysOpenForWhatItWas() {
        assertThat(becoming(List.of(FOUR), use(10, 13, 6), 15)).containsExactly(use(10, 13, 4));
    }

    @Test
    void aClockThatIsSetBackTakesNothingBack() {
        List<Use> twice = becoming(becoming(List.of(FOUR), use(10, 20, 6), 15), use(10, 20, 7), 12);

        assertThat(twice).containsExactly(over(10, 15, 4), use(15, 20, 7));
    }

    /** Beside a line of minutes. */
    @Property(tries = 500)
    void everyMinuteCountsForWhatItWasThen(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        List<Use> known = List.of(FOUR);
        int[] line = line(FOUR);

        // When
        for (int now = random.nextInt(8, 12); now < 19; now += random.nextInt(1, 4)) {
            Use next = use(10, random.nextInt(Math.max(now, 10) + 2, MINUTES), random.nextInt(1, 4));
            known = becoming(known, next, now);
            int[] then = line(next);
            System.arraycopy(line, 0, then, 0, now);
            line = then;
        }

        // Then
        int[] counted = new int[MINUTES];
        for (Use use : known) {
            int[] each = line(use);
            for (int minute = 0; minute < MINUTES; minute++) {
                counted[minute] += each[minute];
            }
        }
        assertThat(counted).isEqualTo(line);
        assertThat(known).filteredOn(Use::open).containsExactly(known.getLast());
    }

    private static int[] line(Use use) {
        int[] line = new int[MINUTES];
        for (int minute = 0; minute < MINUTES; minute++) {
            line[minute] = use.during().contains(at(minute)) ? use.machines() : 0;
        }
        return line;
    }

    private static List<Use> becoming(List<Use> known, Use next, int now) {
        return UseOverTime.becoming(new ArrayList<>(known), next, at(now));
    }

    private static Use use(int from, int to, int machines) {
        return use(from, to, machines, true, false);
    }

    private static Use asked(int from, int to, int machines) {
        return use(from, to, machines, true, true);
    }

    private static Use over(int from, int to, int machines) {
        return use(from, to, machines, false, false);
    }

    private static Use use(int from, int to, int machines, boolean open, boolean asked) {
        ReservationId id = new ReservationId(new UUID(0x7000, 1));
        return new Use(id, null, new TimeWindow(at(from), at(to)), machines, 1, open, asked);
    }

    private static Instant at(int minute) {
        return DAY.plusSeconds(60L * minute);
    }
}

package io.archipelago.bus.booking;

import static io.archipelago.bus.booking.Grid.at;
import static io.archipelago.bus.booking.Grid.window;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SkylineTest {

    private static final Amounts CAPACITY = Amounts.of("cpus", 6, "memory", 8);

    @Property(tries = 10_000)
    void isAsHighAsWhatIsBookedAtAnyInstant(
            @ForAll("histories") Deeds deeds,
            @ForAll @IntRange(max = 25) int from,
            @ForAll @IntRange(min = 1, max = 12) int length) {
        assertThat(deeds.skyline().highest(window(from, from + length))).isEqualTo(deeds.highest(from, from + length));
    }

    @Property(tries = 10_000)
    void hasRoomWhereThereIsEnoughAtEveryInstant(
            @ForAll("histories") Deeds deeds,
            @ForAll @IntRange(max = 25) int from,
            @ForAll @IntRange(min = 1, max = 12) int length,
            @ForAll @IntRange(max = 7) int cpus,
            @ForAll @IntRange(max = 9) int memory) {
        // Given
        Amounts wanted = Amounts.of("cpus", cpus, "memory", memory);

        // Then
        assertThat(deeds.skyline().hasRoom(CAPACITY, wanted, window(from, from + length)))
                .isEqualTo(deeds.hasRoom(CAPACITY, wanted, from, from + length));
    }

    @Property(tries = 10_000)
    void findsTheEarliestFit(
            @ForAll("histories") Deeds deeds,
            @ForAll @IntRange(max = 25) int from,
            @ForAll @IntRange(min = 1, max = 12) int length,
            @ForAll @IntRange(max = 7) int cpus,
            @ForAll @IntRange(max = 9) int memory) {
        // Given
        Amounts wanted = Amounts.of("cpus", cpus, "memory", memory);

        // When
        Instant earliest = deeds.skyline()
                .earliest(CAPACITY, wanted, at(from), Duration.ofSeconds(length))
                .orElse(null);

        // Then
        assertThat(earliest).isEqualTo(deeds.earliest(CAPACITY, wanted, from, length));
    }

    @Property(tries = 2_000)
    void isTheSameInWhateverOrderItCameAbout(@ForAll("histories") Deeds deeds, @ForAll long seed) {
        // Given
        List<Deeds.Deed> left = new ArrayList<>(deeds.left());
        Collections.shuffle(left, new Random(seed));

        // When
        Skyline skyline = new Deeds(left, List.of()).skyline();

        // Then
        assertThat(levels(skyline, at(0))).isEqualTo(levels(deeds.skyline(), at(0)));
    }

    @Property(tries = 2_000)
    void tellsEachLevelOnce(@ForAll("histories") Deeds deeds, @ForAll @IntRange(max = 25) int from) {
        // When
        List<Level> levels = levels(deeds.skyline(), at(from));

        // Then
        assertThat(levels.getFirst().from()).isEqualTo(at(from));
        for (int i = 0; i < levels.size(); i++) {
            Level level = levels.get(i);
            int second = (int) Duration.between(at(0), level.from()).toSeconds();
            assertThat(level.booked()).isEqualTo(deeds.at(second));
            assertThat(i == 0 || !level.booked().equals(levels.get(i - 1).booked()))
                    .isTrue();
        }
    }

    @Test
    void keepsNothingOfWhatWasGivenBack() {
        // Given
        Deeds.Deed deed = new Deeds.Deed(1, 5, Amounts.of("cpus", 2));

        // When
        Skyline skyline = new Deeds(List.of(deed, deed), List.of(0, 1)).skyline();

        // Then
        assertThat(skyline.isFlat()).isTrue();
    }

    @Test
    void showsWhatItShowedToWhomeverStillHasIt() {
        // Given
        Skyline before = Skyline.FLAT.with(window(1, 5), Amounts.of("cpus", 2));

        // When
        Skyline after = before.with(window(2, 4), Amounts.of("cpus", 3)).without(window(1, 5), Amounts.of("cpus", 2));

        // Then
        assertThat(before.highest(window(0, 9))).isEqualTo(Amounts.of("cpus", 2));
        assertThat(after.highest(window(0, 9))).isEqualTo(Amounts.of("cpus", 3));
    }

    @Test
    void takesWhatEndsWhenAnotherBegins() {
        // Given
        Amounts all = Amounts.of("cpus", 4);
        Skyline skyline = Skyline.FLAT.with(window(1, 5), all);

        // Then
        assertThat(skyline.hasRoom(all, all, window(5, 6))).isTrue();
        assertThat(skyline.hasRoom(all, all, window(0, 1))).isTrue();
        assertThat(skyline.hasRoom(all, all, window(4, 5))).isFalse();
        assertThat(skyline.hasRoom(all, all, new TimeWindow(at(5).minusNanos(1), at(6))))
                .isFalse();
    }

    @Test
    void learnsOfADimensionThatNobodyNamedBefore() {
        // Given
        Skyline skyline = Skyline.FLAT.with(window(1, 5), Amounts.of("memory", 2));

        // When
        Skyline wider = skyline.with(window(3, 7), Amounts.of("cpus", 1));

        // Then
        assertThat(levels(wider, at(0)))
                .containsExactly(
                        new Level(at(0), Amounts.NONE),
                        new Level(at(1), Amounts.of("memory", 2)),
                        new Level(at(3), Amounts.of("memory", 2, "cpus", 1)),
                        new Level(at(5), Amounts.of("cpus", 1)),
                        new Level(at(7), Amounts.NONE));
    }

    @Test
    void reachesAsFarAsInstantsGo() {
        // Given
        Amounts one = Amounts.of("cpus", 1);

        // When
        Skyline skyline = Skyline.FLAT
                .with(new TimeWindow(Instant.MIN, at(1)), one)
                .with(new TimeWindow(at(3), Instant.MAX), one);

        // Then
        assertThat(skyline.hasRoom(one, one, new TimeWindow(Instant.MIN, at(0))))
                .isFalse();
        assertThat(skyline.hasRoom(one, one, window(1, 3))).isTrue();
        assertThat(skyline.earliest(one, one, Instant.MIN, Duration.ofSeconds(2)))
                .contains(at(1));
        assertThat(skyline.earliest(one, one, at(0), Duration.ofSeconds(3))).isEmpty();
    }

    /** From an instant on so much is booked, until the next one. */
    private record Level(Instant from, Amounts booked) {}

    private static List<Level> levels(Skyline skyline, Instant from) {
        return Stream.iterate(Optional.of(from), Optional::isPresent, at -> skyline.nextChange(at.get()))
                .map(Optional::get)
                .map(at -> new Level(at, skyline.highest(new TimeWindow(at, at.plusNanos(1)))))
                .toList();
    }

    @Provide
    Arbitrary<Deeds> histories() {
        return Deeds.any();
    }
}

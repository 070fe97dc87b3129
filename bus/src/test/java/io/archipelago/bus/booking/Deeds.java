package io.archipelago.bus.booking;

import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/**
 * A history of bookings that come and go, in which everything happens on the second, and what can be said of it by looking at one second after
 * the other: the oracle that {@link Skyline} is compared with.
 *
 * @param booked what was booked, in this order
 * @param released which of those, by their places, were given back, in this order
 */
record Deeds(List<Deed> booked, List<Integer> released) {

    static final int END = 20;

    /** After every end; nothing changes from here on. */
    private static final int FAR = 3 * END;

    /** @param to null: without end */
    record Deed(int from, @Nullable Integer to, Amounts amounts) {

        TimeWindow during() {
            return new TimeWindow(Grid.at(from), to == null ? Instant.MAX : Grid.at(to));
        }

        boolean stands(int second) {
            return second >= from && (to == null || second < to);
        }
    }

    static Arbitrary<Deeds> any() {
        Arbitrary<Amounts> amounts = Combinators.combine(
                        Arbitraries.longs().between(0, 3), Arbitraries.longs().between(0, 3))
                .as((cpus, memory) -> Amounts.of("cpus", cpus, "memory", memory));
        Arbitrary<Deed> deeds = Combinators.combine(
                        Arbitraries.integers().between(0, END),
                        Arbitraries.integers().between(1, 6).injectNull(0.1),
                        amounts)
                .as((from, length, much) -> new Deed(from, length == null ? null : from + length, much));
        return Combinators.combine(
                        deeds.list().ofMaxSize(16),
                        Arbitraries.longs(),
                        Arbitraries.doubles().between(0, 1))
                .as(Deeds::of);
    }

    private static Deeds of(List<Deed> booked, long seed, double share) {
        List<Integer> places = new ArrayList<>();
        for (int place = 0; place < booked.size(); place++) {
            places.add(place);
        }
        Collections.shuffle(places, new Random(seed));
        return new Deeds(booked, places.subList(0, (int) (share * places.size())));
    }

    /** All of it done, one after the other. */
    Skyline skyline() {
        Skyline skyline = Skyline.FLAT;
        for (Deed deed : booked) {
            skyline = skyline.with(deed.during(), deed.amounts());
        }
        for (int place : released) {
            skyline = skyline.without(
                    booked.get(place).during(), booked.get(place).amounts());
        }
        return skyline;
    }

    /** What was not given back. */
    List<Deed> left() {
        List<Deed> left = new ArrayList<>();
        for (int place = 0; place < booked.size(); place++) {
            if (!released.contains(place)) {
                left.add(booked.get(place));
            }
        }
        return left;
    }

    Amounts at(int second) {
        return left().stream()
                .filter(deed -> deed.stands(second))
                .map(Deed::amounts)
                .reduce(Amounts.NONE, Amounts::plus);
    }

    Amounts highest(int from, int to) {
        Amounts highest = at(from);
        for (int second = from; second < to; second++) {
            highest = Amounts.NONE.minus(Amounts.NONE.minus(highest).least(Amounts.NONE.minus(at(second))));
        }
        return highest;
    }

    boolean hasRoom(Amounts capacity, Amounts wanted, int from, int to) {
        for (int second = from; second < to; second++) {
            if (!wanted.fitsIn(capacity.minus(at(second)))) {
                return false;
            }
        }
        return true;
    }

    /** The first second from one on at which the amounts fit for so many; null: never. */
    @Nullable
    Instant earliest(Amounts capacity, Amounts wanted, int from, int length) {
        for (int second = from; second < FAR; second++) {
            if (hasRoom(capacity, wanted, second, second + length)) {
                return Grid.at(second);
            }
        }
        return null;
    }
}

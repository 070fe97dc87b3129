package io.archipelago.bus.booking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AmountsTest {

    private static final List<String> DIMENSIONS = List.of("bytes", "cpus", "memory");

    @Test
    void callADimensionThatIsNotNamedZero() {
        assertThat(Amounts.of("cpus", 2).get("memory")).isZero();
        assertThat(Amounts.of("cpus", 0)).isEqualTo(Amounts.NONE);
        assertThat(Amounts.of("cpus", 2, "memory", 0)).isEqualTo(Amounts.of("cpus", 2));
    }

    @Property
    void addAndSubtractInEveryDimension(@ForAll("amounts") Amounts a, @ForAll("amounts") Amounts b) {
        DIMENSIONS.forEach(d -> {
            assertThat(a.plus(b).get(d)).isEqualTo(a.get(d) + b.get(d));
            assertThat(a.minus(b).get(d)).isEqualTo(a.get(d) - b.get(d));
            assertThat(a.least(b).get(d)).isEqualTo(Math.min(a.get(d), b.get(d)));
        });
    }

    @Property
    void areEqualIfEveryDimensionIs(@ForAll("amounts") Amounts a, @ForAll("amounts") Amounts b) {
        boolean same = DIMENSIONS.stream().allMatch(d -> a.get(d) == b.get(d));

        assertThat(a.equals(b)).isEqualTo(same);
        assertThat(a.plus(b).minus(b)).isEqualTo(a);
        assertThat(a.minus(a)).isEqualTo(Amounts.NONE);
    }

    @Property
    void addInAnyOrder(@ForAll("amounts") Amounts a, @ForAll("amounts") Amounts b, @ForAll("amounts") Amounts c) {
        assertThat(a.plus(b)).isEqualTo(b.plus(a));
        assertThat(a.plus(b).plus(c)).isEqualTo(a.plus(b.plus(c)));
        assertThat(a.least(b)).isEqualTo(b.least(a));
        assertThat(a.least(b).least(c)).isEqualTo(a.least(b.least(c)));
        assertThat(a.least(a)).isEqualTo(a);
    }

    @Property
    void fitIfThereIsEnoughOfWhatIsWanted(@ForAll("amounts") Amounts wanted, @ForAll("amounts") Amounts available) {
        boolean enough = DIMENSIONS.stream().allMatch(d -> wanted.get(d) == 0 || wanted.get(d) <= available.get(d));

        assertThat(wanted.fitsIn(available)).isEqualTo(enough);
    }

    @Test
    void askNothingOfWhatIsNotWanted() {
        assertThat(Amounts.NONE.fitsIn(Amounts.of("cpus", -1))).isTrue();
        assertThat(Amounts.of("cpus", 1).fitsIn(Amounts.NONE)).isFalse();
    }

    @Provide
    Arbitrary<Amounts> amounts() {
        Arbitrary<Long> quantity = Arbitraries.longs().between(-3, 3);
        return Arbitraries.maps(Arbitraries.of(DIMENSIONS), quantity).map(Amounts::of);
    }

    @Test
    void canNotBeChangedFromOutside() {
        Map<String, Long> values = new HashMap<>(Map.of("cpus", 1L));
        Amounts amounts = Amounts.of(values);

        values.put("cpus", 2L);

        assertThat(amounts.get("cpus")).isEqualTo(1);
    }
}

package io.archipelago.contracts.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SpecDigestTest {

    @Test
    void isSixteenHexDigitsThatStayTheSame() {
        assertThat(SpecDigest.of(Map.of())).isEqualTo("e3b0c44298fc1c14");
        assertThat(SpecDigest.of(Map.of(new ResourceKey(ResourceKind.MACHINE, "a"), 3L)))
                .isEqualTo("0300cfc9be1ea85a")
                .hasSize(16);
    }

    @Property
    void doesNotDependOnTheOrder(@ForAll("generations") Map<ResourceKey, Long> generations, @ForAll Random random) {
        List<ResourceKey> keys = new ArrayList<>(generations.keySet());
        Collections.shuffle(keys, random);
        Map<ResourceKey, Long> shuffled = new LinkedHashMap<>();
        keys.forEach(key -> shuffled.put(key, generations.get(key)));

        assertThat(SpecDigest.of(shuffled)).isEqualTo(SpecDigest.of(generations));
    }

    @Property
    void tellsOneGenerationFromTheNext(@ForAll("generations") Map<ResourceKey, Long> generations) {
        generations.keySet().forEach(key -> {
            Map<ResourceKey, Long> changed = new HashMap<>(generations);
            changed.merge(key, 1L, Long::sum);

            assertThat(SpecDigest.of(changed)).isNotEqualTo(SpecDigest.of(generations));
        });
    }

    @Provide
    Arbitrary<Map<ResourceKey, Long>> generations() {
        Arbitrary<ResourceKey> key = Combinators.combine(
                        Arbitraries.of(ResourceKind.class),
                        Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(3))
                .as(ResourceKey::new);
        return Arbitraries.maps(key, Arbitraries.longs().between(1, 99)).ofMaxSize(6);
    }
}

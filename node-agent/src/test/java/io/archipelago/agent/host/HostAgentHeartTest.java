package io.archipelago.agent.host;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.NINE;
import static io.archipelago.agent.SiteFixture.segment;
import static io.archipelago.agent.SiteFixture.segmentKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.contracts.host.HostMessage.HostHeartbeat;
import io.archipelago.contracts.host.HostMessage.HostRole;
import io.archipelago.contracts.host.HostMessage.Inventory;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a host says of itself while a look at it lasts: it is played in the very middle of one. */
class HostAgentHeartTest {

    private static final Inventory INVENTORY = new Inventory(
            "m",
            Set.of(HostRole.COMPUTE),
            1,
            1,
            Map.of(),
            "",
            0,
            "",
            Map.of(),
            "key",
            Map.of(),
            Map.of(),
            List.of("the trunk is down"));

    private final LongLooks segments = new LongLooks();
    private final HostAgent agent = new HostAgent(
            COMPUTE,
            1,
            HostSettings.DEFAULT,
            new Drivers(List.of(segments)),
            () -> INVENTORY,
            SpecCopy.EMPTY,
            copy -> {},
            new SplittableRandom(1));
    private final List<HostHeartbeat> during = new ArrayList<>();

    @Test
    void aHostLivesOnWhileALookAtItHangs() {
        // Given
        agent.caughtUp();
        step(NINE);
        HostHeartbeat before = beat(NINE.plusSeconds(10)).getFirst();

        // When
        segments.meanwhile = look -> {
            for (int second = 1; second <= 20; second++) {
                during.addAll(beat(look.plusSeconds(second)));
            }
        };
        step(NINE.plusSeconds(10));

        // Then
        assertThat(during).hasSize(10).allSatisfy(each -> {
            assertThat(each.digests()).isEqualTo(before.digests());
            assertThat(each.leftovers()).isEqualTo(before.leftovers());
        });
        assertThat(during).extracting(HostHeartbeat::counter).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aLookThatTakesLongerThanThreeHeartbeatsIsAProblemUntilItIsOver() {
        // Given
        agent.caughtUp();
        segments.meanwhile = look -> {
            during.addAll(beat(look.plusSeconds(6)));
            during.addAll(beat(look.plusSeconds(8)));
        };

        // When
        step(NINE);

        // Then
        assertThat(during)
                .extracting(each -> each.inventory().problems())
                .containsExactly(
                        List.of("the trunk is down"),
                        List.of(
                                "the trunk is down",
                                "a look at the host has been going on since 2026-12-01T09:00:00Z: what it shows may be out of"
                                        + " date"));
        assertThat(beat(NINE.plusSeconds(9)).getFirst().inventory().problems()).containsExactly("the trunk is down");
    }

    @Test
    void aHostThatWasNeverLookedAtDoesNotSayThatItIsClean() {
        // Given
        agent.caughtUp();
        segments.meanwhile = look -> {
            during.addAll(beat(look));
            during.addAll(beat(look.plusSeconds(2)));
        };

        // When
        step(NINE);

        // Then
        assertThat(during).singleElement().returns(1, HostHeartbeat::leftovers);
        assertThat(beat(NINE.plusSeconds(3)))
                .as("what the look showed is told at once")
                .singleElement()
                .returns(0, HostHeartbeat::leftovers);
    }

    @Test
    void whatIsHeardDuringALookIsNeitherLostNorTakenForLookedFor() {
        // Given
        agent.caughtUp();
        step(NINE);
        HostHeartbeat before = beat(NINE).getFirst();
        segments.meanwhile = look -> {
            agent.desire(new DesiredResource(segmentKey(), 1, false, null, segment(100)));
            during.addAll(beat(look.plusSeconds(2)));
        };

        // When
        step(NINE.plusSeconds(5));

        // Then
        assertThat(during).singleElement().returns(before.digests(), HostHeartbeat::digests);
        assertThat(segments.there).isEmpty();
        assertThat(agent.nextDue()).isEqualTo(Instant.MIN);

        // When
        segments.meanwhile = look -> {};
        step(NINE.plusSeconds(8));

        // Then
        assertThat(segments.there).containsExactly(segmentKey());
        assertThat(beat(NINE.plusSeconds(9)).getFirst().digests()).isNotEqualTo(before.digests());
    }

    @Test
    void aHostThatDoesNotFollowItsTopicYetSaysNothing() {
        // Given
        agent.brokerUnreachable();
        segments.meanwhile = look -> during.addAll(beat(look.plusSeconds(10)));

        // When
        step(NINE);

        // Then
        assertThat(during).isEmpty();
        assertThat(beat(NINE.plusSeconds(20))).isEmpty();
        assertThat(agent.nextBeat()).isEqualTo(Instant.MAX);
    }

    private void step(Instant now) {
        segments.now = now;
        agent.step(now);
    }

    private List<HostHeartbeat> beat(Instant now) {
        return agent.beat(now).stream()
                .map(report -> (HostHeartbeat) ((Report.Said) report).message())
                .toList();
    }

    /** Segments whose observation lasts as long as something else goes on. */
    private static final class LongLooks implements Driver<SegmentSpec> {

        private final Set<ResourceKey> there = new TreeSet<>();
        private Instant now = NINE;
        private Consumer<Instant> meanwhile = look -> {};

        @Override
        public ResourceKind kind() {
            return ResourceKind.SEGMENT;
        }

        @Override
        public Class<SegmentSpec> specType() {
            return SegmentSpec.class;
        }

        @Override
        public Map<ResourceKey, Observed> observe(Map<ResourceKey, SegmentSpec> wanted, Instant at) {
            meanwhile.accept(now);
            Map<ResourceKey, Observed> seen = new HashMap<>();
            there.forEach(key -> seen.put(key, new Observed(Observed.Condition.READY, "", Map.of(), Set.of())));
            return seen;
        }

        @Override
        public void apply(ResourceKey key, SegmentSpec spec, Instant at) {
            there.add(key);
        }

        @Override
        public void remove(ResourceKey key, Instant at) {
            there.remove(key);
        }
    }
}

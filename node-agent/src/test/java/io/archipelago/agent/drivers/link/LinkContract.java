package io.archipelago.agent.drivers.link;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.LinkSpec;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What whoever asks for an end of a link may rely on, whichever driver makes it. */
@ExtendWith(Drawn.class)
abstract class LinkContract {

    protected static final ResourceKey LINK = SiteFixture.linkKey();
    protected static final int MTU = 1400;
    private static final int NARROW = 1300;

    /** The driver of a host that was just started, on whatever is there. */
    protected abstract Driver<LinkSpec> driver();

    protected abstract Instant now();

    /** A link whose other end is there and does its part. */
    protected abstract LinkSpec spec(int mtu);

    /** Lets the host do what it has begun. */
    protected abstract void settle(LinkSpec spec);

    /** Takes the segment away. */
    protected abstract void loseSegment();

    /** Has the power fail, and come back; the segment comes back too. */
    protected abstract void cutPower();

    @Test
    void isReadyOnceItWasMade() throws Exception {
        // Given
        LinkSpec spec = spec(MTU);
        assertThat(observe(spec)).doesNotContainKey(LINK);

        // When
        make(spec);

        // Then
        assertThat(seen(spec)).satisfies(seen -> {
            assertThat(seen.condition()).as(seen.reason()).isEqualTo(Condition.READY);
            assertThat(seen.reason()).isEmpty();
            assertThat(seen.details())
                    .containsEntry("peer", spec.peer().value())
                    .containsEntry("mtu", Integer.toString(MTU))
                    .containsEntry("port", Integer.toString(spec.ends().localPort()));
            assertThat(seen.uses()).isEqualTo(Set.of(spec.segment()));
        });
    }

    @Test
    void isReadyForTheNextAgentAtOnce() throws Exception {
        // Given
        LinkSpec spec = spec(MTU);
        make(spec);

        // When
        Observed seen = driver().observe(Map.of(LINK, spec), now()).get(LINK);

        // Then
        assertThat(requireNonNull(seen).condition()).isEqualTo(Condition.READY);
    }

    @Test
    void isMadeTwiceWithoutHarm() throws Exception {
        // Given
        LinkSpec spec = spec(MTU);
        make(spec);

        // When
        driver().apply(LINK, spec, now());

        // Then
        settle(spec);
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    @Test
    void takesOtherFrames() throws Exception {
        // Given
        make(spec(MTU));
        LinkSpec narrow = spec(NARROW);
        assertThat(condition(narrow)).isEqualTo(Condition.DIFFERENT);

        // When
        make(narrow);

        // Then
        assertThat(condition(narrow)).isEqualTo(Condition.READY);
    }

    @Test
    void isNotReadyWithoutItsSegment() throws Exception {
        // Given
        LinkSpec spec = spec(MTU);
        make(spec);

        // When
        loseSegment();

        // Then
        assertThat(condition(spec)).isEqualTo(Condition.BROKEN);
    }

    @Test
    void isGoneOnceItWasRemoved() throws Exception {
        // Given
        LinkSpec spec = spec(MTU);
        make(spec);

        // When
        driver().remove(LINK, now());
        driver().remove(LINK, now());
        settle(spec);

        // Then
        assertThat(observe(spec)).isEmpty();
        make(spec);
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    @Test
    void isMadeAgainAfterThePowerFailed() throws Exception {
        // Given
        LinkSpec spec = spec(MTU);
        make(spec);
        cutPower();
        assertThat(observe(spec).values()).noneMatch(seen -> seen.condition() == Condition.READY);

        // When
        make(spec);

        // Then
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    @Test
    void isSeenThoughNobodyWantsIt() throws Exception {
        // Given
        make(spec(MTU));

        // Then
        assertThat(driver().observe(Map.of(), now()).get(LINK))
                .satisfies(seen -> assertThat(seen.condition()).isEqualTo(Condition.READY));
    }

    private void make(LinkSpec spec) throws DriverFault {
        driver().apply(LINK, spec, now());
        settle(spec);
    }

    private Map<ResourceKey, Observed> observe(LinkSpec spec) throws DriverFault {
        return driver().observe(Map.of(LINK, spec), now());
    }

    private Observed seen(LinkSpec spec) throws DriverFault {
        Map<ResourceKey, Observed> seen = observe(spec);
        assertThat(seen).containsKey(LINK);
        return requireNonNull(seen.get(LINK));
    }

    private Condition condition(LinkSpec spec) throws DriverFault {
        return seen(spec).condition();
    }
}

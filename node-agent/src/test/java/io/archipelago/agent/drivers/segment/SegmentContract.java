package io.archipelago.agent.drivers.segment;

import static io.archipelago.agent.SiteFixture.allocation;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Gateway;
import io.archipelago.contracts.host.ResourceSpec.SegmentSpec.Station;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What whoever asks for a segment may rely on, whichever driver makes it. */
@ExtendWith(Drawn.class)
abstract class SegmentContract {

    protected static final ResourceKey SEGMENT = SiteFixture.segmentKey();
    private static final ResourceKey OTHER = ResourceKey.of(ResourceKind.SEGMENT, allocation(2));
    private static final Station FRONTEND = new Station("frontend", "02:00:00:00:00:01", "172.16.1.1", true);
    private static final Station NODE = new Station("vcompute-1-1", "02:00:00:00:00:02", "172.16.1.2", true);

    /** What a host does for a segment. */
    enum Role {
        RUNS_MACHINES,
        GATEWAY_OF_THE_MASTER,
        GATEWAY_OF_A_WORKER
    }

    /** The driver of a host that was just started, on whatever is there. */
    protected abstract Driver<SegmentSpec> driver();

    protected abstract Instant now();

    /** Lets the host do what it has begun. */
    protected abstract void settle();

    /** Has the power fail, and come back. */
    protected abstract void cutPower();

    @ParameterizedTest
    @EnumSource
    void isThereOnceItWasMade(Role role) throws Exception {
        // Given
        SegmentSpec spec = spec(role, 101, 1400);
        assertThat(observe(spec)).isEmpty();

        // When
        make(SEGMENT, spec);

        // Then
        assertThat(observe(spec))
                .isEqualTo(Map.of(
                        SEGMENT, new Observed(Condition.READY, "", Map.of("vlan", "101", "mtu", "1400"), Set.of())));
    }

    @ParameterizedTest
    @EnumSource
    void isTheSameForTheNextAgent(Role role) throws Exception {
        // Given
        SegmentSpec spec = spec(role, 101, 1400);
        make(SEGMENT, spec);
        Map<ResourceKey, Observed> seen = observe(spec);

        // Then
        assertThat(driver().observe(Map.of(SEGMENT, spec), now())).isEqualTo(seen);
    }

    @ParameterizedTest
    @EnumSource
    void isMadeTwiceWithoutHarm(Role role) throws Exception {
        // Given
        SegmentSpec spec = spec(role, 101, 1400);
        make(SEGMENT, spec);

        // When
        make(SEGMENT, spec);

        // Then
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    @ParameterizedTest
    @EnumSource
    void takesAnotherVlanAndAnotherMtu(Role role) throws Exception {
        // Given
        make(SEGMENT, spec(role, 101, 1400));
        SegmentSpec other = spec(role, 102, 1300);
        assertThat(condition(other)).isEqualTo(Condition.DIFFERENT);

        // When
        make(SEGMENT, other);

        // Then
        assertThat(observe(other).get(SEGMENT))
                .satisfies(seen -> assertThat(seen.details()).isEqualTo(Map.of("vlan", "102", "mtu", "1300")));
    }

    @Test
    void takesOtherStations() throws Exception {
        // Given
        make(SEGMENT, gateway(true, List.of(FRONTEND)));
        SegmentSpec more = gateway(true, List.of(FRONTEND, NODE));
        assertThat(condition(more)).isEqualTo(Condition.DIFFERENT);

        // When
        make(SEGMENT, more);

        // Then
        assertThat(condition(more)).isEqualTo(Condition.READY);
    }

    @Test
    void isClosedToTheOutside() throws Exception {
        // Given
        make(SEGMENT, gateway(true, List.of(FRONTEND)));
        SegmentSpec closed = gateway(false, List.of(FRONTEND));
        assertThat(condition(closed)).isEqualTo(Condition.DIFFERENT);

        // When
        make(SEGMENT, closed);

        // Then
        assertThat(condition(closed)).isEqualTo(Condition.READY);
    }

    @ParameterizedTest
    @EnumSource
    void doesNotShareItsVlan(Role role) throws Exception {
        // Given
        make(SEGMENT, spec(role, 101, 1400));

        // Then
        assertThatThrownBy(() -> make(OTHER, spec(role, 101, 1400)))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("VLAN 101")
                .hasMessageContaining("already serves");
        assertThat(condition(spec(role, 101, 1400))).isEqualTo(Condition.READY);
    }

    @ParameterizedTest
    @EnumSource
    void isGoneOnceItWasRemoved(Role role) throws Exception {
        // Given
        SegmentSpec spec = spec(role, 101, 1400);
        make(SEGMENT, spec);
        make(OTHER, spec(role, 102, 1400));

        // When
        driver().remove(SEGMENT, now());
        settle();
        driver().remove(SEGMENT, now());
        settle();

        // Then
        assertThat(observe(spec)).containsOnlyKeys(OTHER);
        make(SEGMENT, spec);
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    @ParameterizedTest
    @EnumSource
    void isMadeAgainAfterThePowerFailed(Role role) throws Exception {
        // Given
        SegmentSpec spec = spec(role, 101, 1400);
        make(SEGMENT, spec);
        cutPower();
        assertThat(observe(spec)).isEmpty();

        // When
        make(SEGMENT, spec);

        // Then
        assertThat(condition(spec)).isEqualTo(Condition.READY);
    }

    @ParameterizedTest
    @EnumSource
    void isSeenThoughNobodyWantsIt(Role role) throws Exception {
        // Given
        make(SEGMENT, spec(role, 101, 1400));

        // Then
        assertThat(driver().observe(Map.of(), now()).get(SEGMENT))
                .satisfies(seen -> assertThat(seen.condition()).isEqualTo(Condition.READY));
    }

    protected static SegmentSpec spec(Role role, int vlan, int mtu) {
        return switch (role) {
            case RUNS_MACHINES -> new SegmentSpec(vlan, mtu, null);
            case GATEWAY_OF_THE_MASTER -> gateway(vlan, mtu, true, List.of(FRONTEND));
            case GATEWAY_OF_A_WORKER -> gateway(vlan, mtu, false, List.of(FRONTEND));
        };
    }

    private static SegmentSpec gateway(boolean nat, List<Station> stations) {
        return gateway(101, 1400, nat, stations);
    }

    private static SegmentSpec gateway(int vlan, int mtu, boolean nat, List<Station> stations) {
        return new SegmentSpec(vlan, mtu, new Gateway("172.16.31.254/12", nat, "172.16.31.254", stations));
    }

    private void make(ResourceKey key, SegmentSpec spec) throws DriverFault {
        driver().apply(key, spec, now());
        settle();
    }

    private Map<ResourceKey, Observed> observe(SegmentSpec spec) throws DriverFault {
        return driver().observe(Map.of(SEGMENT, spec), now());
    }

    private Condition condition(SegmentSpec spec) throws DriverFault {
        Map<ResourceKey, Observed> seen = observe(spec);
        assertThat(seen).containsKey(SEGMENT);
        return requireNonNull(seen.get(SEGMENT)).condition();
    }
}

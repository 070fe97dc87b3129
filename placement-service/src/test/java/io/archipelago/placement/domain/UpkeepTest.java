package io.archipelago.placement.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpkeepTest {

    private static final Instant NOW = Instant.parse("2026-12-01T09:00:00Z");
    private static final Maintenance OVER = maintenance("over", -7200);
    private static final Maintenance BIOS = maintenance("bios", 0);
    private static final Maintenance POWER = maintenance("power", 7200);
    private static final HostMaintenance KNOWN = said(7, OVER, BIOS);

    @Test
    void saysAllThatIsNotOver() {
        assertThat(Upkeep.with(KNOWN, POWER, NOW)).contains(said(NOW.toEpochMilli(), BIOS, POWER));
        assertThat(Upkeep.without(KNOWN, "bios", NOW)).contains(said(NOW.toEpochMilli()));
    }

    @Test
    void movesWhatHasTheSameName() {
        assertThat(Upkeep.with(KNOWN, maintenance("bios", 60), NOW))
                .contains(said(NOW.toEpochMilli(), maintenance("bios", 60)));
    }

    @Test
    void saysNothingNewIfItHoldsAlready() {
        assertThat(Upkeep.with(KNOWN, BIOS, NOW)).isEmpty();
        assertThat(Upkeep.without(KNOWN, "power", NOW)).isEmpty();
    }

    @Test
    void itsVersionsRiseAlsoIfTheClockIsSetBack() {
        // Given
        HostMaintenance ahead = said(NOW.plusSeconds(60).toEpochMilli(), BIOS);

        // Then
        assertThat(Upkeep.with(ahead, POWER, NOW).orElseThrow().version()).isEqualTo(ahead.version() + 1);
    }

    /** It lasts an hour. */
    private static Maintenance maintenance(String name, long startsInSeconds) {
        Instant start = NOW.plusSeconds(startsInSeconds);
        return new Maintenance(name, new TimeWindow(start, start.plusSeconds(3600)), "", "oscar");
    }

    private static HostMaintenance said(long version, Maintenance... windows) {
        return new HostMaintenance(new HostId("tokyo-c01"), version, List.of(windows));
    }
}

package io.archipelago.reservation.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec.Software;
import io.archipelago.contracts.allocation.ClusterAddressing;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.reservation.domain.Details;
import io.archipelago.reservation.domain.Request;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.domain.Reservation.Closed;
import io.archipelago.reservation.domain.Reservation.Releasing;
import io.archipelago.reservation.domain.Reservation.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

class ReservationServiceTest {

    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

    @Test
    void saysAloudOnlyThatAStateHasChanged() {
        Reservation releasing = new Releasing(details(), Map.of(), State.ENDED);
        Reservation ended = new Closed(details(), Map.of(), State.ENDED, Map.of());

        assertThat(ReservationService.level(null, releasing)).isEqualTo(Logger.Level.INFO);
        assertThat(ReservationService.level(releasing, ended)).isEqualTo(Logger.Level.INFO);
        assertThat(ReservationService.level(releasing, releasing)).isEqualTo(Logger.Level.DEBUG);
    }

    private static Details details() {
        MachineGroup group = new MachineGroup(MachineRole.COMPUTE, 1, 1, 1, 1, 1, 1);
        Request request = new Request(
                "survey",
                new TimeWindow(NOON, NOON.plusSeconds(3600)),
                group,
                group,
                ClusterAddressing.DEFAULT_NETWORK,
                new SitePolicy.FewestSites(),
                new Software("debian-12", List.of()),
                null);
        ReservationId id = ReservationId.parse("019357a0-0000-7000-8000-0000000000a1");
        return new Details(id, new TenantId("astro"), "ada", NOON, request);
    }
}

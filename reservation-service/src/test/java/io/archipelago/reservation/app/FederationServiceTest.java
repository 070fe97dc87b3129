package io.archipelago.reservation.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.allocation.Facts;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.MachineGroup.MachineRole;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareHeld;
import io.archipelago.contracts.federation.ShareMessage.ShareRefused;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.contracts.host.LinkDriver;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FederationServiceTest {

    private static final SiteId OSAKA = new SiteId("osaka");

    private static final AllocationId SHARE =
            new AllocationId(ReservationId.parse("019357a0-0000-7000-8000-0000000000a1"), OSAKA);

    @Test
    void believesASiteOnlyUnderItsOwnNameAndNumber() {
        assertThat(held("osaka", 2, 2)).isInstanceOf(ShareHeld.class);
        assertThat(held("tokyo", 2, 2)).isInstanceOf(ShareRefused.class);
        assertThat(held("osaka", 1, 2)).isInstanceOf(ShareRefused.class);
        assertThat(held("osaka", 2, null)).isInstanceOf(ShareRefused.class);
    }

    @Test
    void takesNothingOfWhatASiteSaysThatItGivesUnderAnothersName() {
        assertThat(given("osaka", 2)).isEqualTo(facts("osaka", 2));
        assertThat(given("tokyo", 2)).isNull();
        assertThat(given("osaka", 1)).isNull();
    }

    private static ShareMessage.Answer held(String site, int number, @Nullable Integer known) {
        return FederationService.believed(new ShareHeld(SHARE, 1, Instant.EPOCH, facts(site, number)), OSAKA, known);
    }

    private static Facts.@Nullable Shared given(String site, int number) {
        ShareStatus status = new ShareStatus(SHARE, 1, Progress.READY, List.of(), "it waits", facts(site, number));
        ShareStatus believed = (ShareStatus) FederationService.believed(status, OSAKA, 2);
        assertThat(believed.waitingFor()).isEqualTo("it waits");
        return believed.facts();
    }

    private static Facts.Shared facts(String site, int number) {
        return new Facts.Shared(
                new SiteId(site),
                number,
                List.of(new MachineGroup(MachineRole.COMPUTE, 1, 3, 1, 1, 1, 1)),
                205,
                new Facts.Endpoint(
                        "203.0.113.2", 20000, List.of(new Facts.LinkOffer(LinkDriver.OPENVPN, "a1:b2", 1434))),
                1400);
    }
}

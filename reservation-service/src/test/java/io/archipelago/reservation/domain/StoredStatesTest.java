package io.archipelago.reservation.domain;

import static io.archipelago.reservation.domain.DomainFixture.AT_OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.OSAKA;
import static io.archipelago.reservation.domain.DomainFixture.shared;
import static io.archipelago.reservation.domain.DomainFixture.without;
import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.contracts.allocation.AllocationEvent.Progress;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.federation.ShareMessage.ShareStatus;
import io.archipelago.wire.Json;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is stored, or said to another site, is read as what it was. */
class StoredStatesTest {

    @ParameterizedTest
    @MethodSource
    void allocations(Allocation state) {
        assertThat(Json.read(Json.writeAs(Allocation.class, state), Allocation.class))
                .isEqualTo(state);
    }

    static Stream<Allocation> allocations() {
        return AllocationStates.all().values().stream();
    }

    @ParameterizedTest
    @MethodSource
    void reservations(Reservation state) {
        assertThat(Json.read(Json.writeAs(Reservation.class, state), Reservation.class))
                .isEqualTo(state);
    }

    static Stream<Reservation> reservations() {
        return ReservationStates.all().values().stream();
    }

    @Test
    void aStatusHasTheSameFingerprintAtBothSites() {
        ShareStatus told = new ShareStatus(AT_OSAKA, 7, Progress.READY, List.of(), null, without(1, shared(OSAKA)));

        ShareStatus heard = (ShareStatus) Json.read(Json.writeAs(ShareMessage.class, told), ShareMessage.class);

        assertThat(heard.fingerprint()).isEqualTo(told.fingerprint());
    }
}

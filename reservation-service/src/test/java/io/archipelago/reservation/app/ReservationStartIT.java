package io.archipelago.reservation.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.archipelago.bus.DueWork;
import io.archipelago.bus.UnitOfWork;
import io.archipelago.testkit.EmbeddedInfrastructure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(
        value = EmbeddedInfrastructure.class,
        initArgs = @ResourceArg(name = "topics", value = "federation.to.tokyo.v1,federation.to.osaka.v1"))
class ReservationStartIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Inject
    DueWork due;

    @Inject
    UnitOfWork unitOfWork;

    @Inject
    ReservationService reservations;

    @Inject
    AllocationService allocations;

    @Inject
    SettlementService settlement;

    @Test
    void letsNothingTakeEffectBeforeItIsKnownWhetherTheDatabaseWasSetBack() {
        // Given: another instance of the service
        ReservationStart start = new ReservationStart(due, unitOfWork, reservations, allocations, settlement);
        CompletableFuture<Void> answers = start.begun().subscribeAsCompletionStage();
        assertThat(answers).isNotDone();

        // When
        start.begin(Map.of()).await().atMost(SOON);

        // Then
        assertThat(answers).succeedsWithin(SOON);
        assertThat(start.begun().subscribeAsCompletionStage()).succeedsWithin(SOON);
    }
}

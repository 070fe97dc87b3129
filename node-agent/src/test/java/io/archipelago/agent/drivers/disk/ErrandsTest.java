package io.archipelago.agent.drivers.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ErrandsTest {

    private static final ResourceKey DISK = SiteFixture.diskKey("n1");
    private static final ResourceKey OTHER = SiteFixture.diskKey("n2");
    private static final Duration LONG = Duration.ofSeconds(30);

    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger done = new AtomicInteger();
    private Errands errands = new Errands(Duration.ofMillis(50));

    @AfterEach
    void close() {
        answer.countDown();
        errands.close();
    }

    @Test
    void whatGoesWellIsDoneWhenItIsAskedFor() throws Exception {
        // Given
        patient();

        // When
        errands.run(DISK, "s1", Condition.MAKING, done::incrementAndGet);

        // Then
        assertThat(done).hasValue(1);
        assertThat(errands.going()).isEmpty();
    }

    @Test
    void whatFailsIsToldToWhoeverAskedForIt() {
        // Given
        patient();

        // Then
        assertThatThrownBy(() -> errands.run(DISK, "s1", Condition.MAKING, ErrandsTest::refused))
                .hasMessage("the host is not let in");
        assertThat(errands.going()).isEmpty();
    }

    @Test
    void aStorageHostThatDoesNotAnswerHoldsUpNobodyElse() throws Exception {
        // Given
        errands.run(DISK, "s1", Condition.MAKING, this::hang);
        assertThat(errands.condition(DISK)).isEqualTo(Condition.MAKING);

        // When
        errands.run(OTHER, "s2", Condition.MAKING, done::incrementAndGet);

        // Then
        await().atMost(LONG).until(() -> done.get() == 1);
        assertThat(errands.going()).containsExactly(DISK);
    }

    @Test
    void onlyOneAtATimeWaitsForAStorageHost() throws Exception {
        // Given
        errands.run(DISK, "s1", Condition.MAKING, this::hang);

        // When
        DriverFault fault = catchThrowableOfType(
                DriverFault.class, () -> errands.run(OTHER, "s1", Condition.MAKING, done::incrementAndGet));

        // Then
        assertThat(fault.isWaiting()).isTrue();
        assertThat(fault.reason()).isEqualTo("waits its turn: another disk waits for the answer of s1");

        // When
        answer.countDown();

        // Then
        await().atMost(LONG).until(() -> errands.going().isEmpty());
        errands.run(OTHER, "s1", Condition.MAKING, done::incrementAndGet);
        await().atMost(LONG).until(() -> done.get() == 1);
    }

    @Test
    void theSameIsNotBegunTwiceAndAnotherWaitsForIt() throws Exception {
        // Given
        errands.run(DISK, "s1", Condition.MAKING, this::hang);

        // When
        errands.run(DISK, "s1", Condition.MAKING, done::incrementAndGet);

        // Then
        assertThatThrownBy(() -> errands.run(DISK, "t1", Condition.REMOVING, done::incrementAndGet))
                .hasMessage("waits until what was begun with it before has ended");
        answer.countDown();
        await().atMost(LONG).until(() -> errands.going().isEmpty());
        assertThat(done).hasValue(0);
    }

    @Test
    void whatFailedIsKnownForAsLongAsTheDiskIsWanted() {
        // Given
        patient();
        assertThatThrownBy(() -> errands.run(DISK, "s1", Condition.MAKING, ErrandsTest::refused))
                .isInstanceOf(DriverFault.class);

        // Then
        assertThat(errands.fault(DISK, Condition.MAKING)).hasMessage("the host is not let in");
        assertThat(errands.fault(DISK, Condition.REMOVING)).isNull();

        // When
        errands.keep(Set.of(DISK));
        assertThat(errands.fault(DISK, Condition.MAKING)).isNotNull();
        errands.keep(Set.of(OTHER));

        // Then
        assertThat(errands.fault(DISK, Condition.MAKING)).isNull();
    }

    @Test
    void whatTheAgentWasNotReadyForIsAFault() {
        // Given
        patient();

        // Then
        assertThatThrownBy(() -> errands.run(DISK, "s1", Condition.MAKING, () -> {
                    throw new IllegalStateException("a bug");
                }))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("a bug");
        assertThat(errands.going()).isEmpty();
    }

    private void patient() {
        errands.close();
        errands = new Errands(LONG);
    }

    private static void refused() throws DriverFault {
        throw DriverFault.failed("the host is not let in");
    }

    private void hang() {
        try {
            answer.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

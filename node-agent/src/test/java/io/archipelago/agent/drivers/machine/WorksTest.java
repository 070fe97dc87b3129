package io.archipelago.agent.drivers.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.drivers.machine.Works.Work;
import io.archipelago.contracts.host.ResourceKey;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorksTest {

    private static final ResourceKey MACHINE = SiteFixture.machineKey("n1");

    private final Semaphore ended = new Semaphore(0);
    private final Works works = new Works(ended::release);

    @AfterEach
    void close() {
        works.close();
    }

    @Test
    void doesOneForAMachineAtATime() throws Exception {
        // Given
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        works.begin(MACHINE, Condition.MAKING, "is being started", goOn::await);

        // When
        works.begin(MACHINE, Condition.REMOVING, "is shutting down", begun::incrementAndGet);

        // Then
        assertThat(works.get(MACHINE)).isEqualTo(new Work(Condition.MAKING, "is being started", true));
        goOn.countDown();
        awaitEnd();
        assertThat(works.get(MACHINE)).isNull();
        assertThat(begun).hasValue(0);
    }

    @Test
    void tellsWhyItFailedAndTriesAgain() throws Exception {
        // Given
        works.begin(MACHINE, Condition.MAKING, "is being started", () -> {
            throw DriverFault.failed("no memory is left");
        });
        awaitEnd();
        assertThat(works.get(MACHINE)).isEqualTo(new Work(Condition.MAKING, "no memory is left", false));
        AtomicInteger begun = new AtomicInteger();

        // When
        assertThatThrownBy(() -> works.begin(MACHINE, Condition.MAKING, "is being started", begun::incrementAndGet))
                .isInstanceOf(DriverFault.class)
                .hasMessage("no memory is left");

        // Then
        awaitEnd();
        assertThat(begun).hasValue(1);
        assertThat(works.get(MACHINE)).isNull();
    }

    @Test
    void saysNothingOfAStartThatFailedWhenItEndsAMachine() throws Exception {
        // Given
        works.begin(MACHINE, Condition.MAKING, "is being started", () -> {
            throw DriverFault.failed("no memory is left");
        });
        awaitEnd();

        // When
        works.begin(MACHINE, Condition.REMOVING, "is shutting down", () -> {});

        // Then
        awaitEnd();
        assertThat(works.get(MACHINE)).isNull();
    }

    private void awaitEnd() throws InterruptedException {
        assertThat(ended.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    }
}

package io.archipelago.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlarmTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(3);
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final CountDownLatch hanging = new CountDownLatch(1);

    @AfterEach
    void stop() {
        hanging.countDown();
        threads.shutdownNow();
    }

    @Test
    void aTaskThatHangsHoldsUpNobodyAndIsDoneOnceMoreForAllWhoAsked() {
        // Given
        Alarm alarm = new Alarm(Clock.systemUTC(), threads, this::hang);
        alarm.now();
        await().atMost(PATIENCE).until(() -> atOnce.get() == 1);

        // When
        for (int i = 0; i < 100; i++) {
            alarm.now();
        }
        hanging.countDown();

        // Then
        await().atMost(PATIENCE).until(() -> done.get() == 2);
        await().during(Duration.ofMillis(200)).atMost(PATIENCE).until(() -> done.get() == 2);
        assertThat(mostAtOnce).hasValue(1);
    }

    @Test
    void aTaskComesAgainWhenItSaid() {
        // Given
        Alarm alarm = new Alarm(Clock.systemUTC(), threads, () -> {
            done.incrementAndGet();
            return Instant.now().plusMillis(5);
        });

        // When
        alarm.now();

        // Then
        await().atMost(PATIENCE).until(() -> done.get() >= 5);
    }

    @Test
    void theEarlierOfTwoTimesCounts() {
        // Given
        Alarm alarm = new Alarm(Clock.systemUTC(), threads, () -> {
            done.incrementAndGet();
            return Instant.MAX;
        });

        // When
        alarm.set(Instant.now().plus(Duration.ofHours(1)));
        alarm.set(Instant.now());
        alarm.set(Instant.now().plus(Duration.ofHours(2)));

        // Then
        await().atMost(PATIENCE).until(() -> done.get() == 1);
    }

    private Instant hang() {
        int now = atOnce.incrementAndGet();
        mostAtOnce.accumulateAndGet(now, Math::max);
        try {
            hanging.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        atOnce.decrementAndGet();
        done.incrementAndGet();
        return Instant.MAX;
    }
}

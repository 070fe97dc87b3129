package io.archipelago.agent.drivers.cache;

import static io.archipelago.agent.SiteFixture.NINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.Beat;
import io.archipelago.agent.drivers.cache.Questions.Answer;
import io.archipelago.contracts.host.ResourceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QuestionsTest {

    private static final ResourceKey KEY = SiteFixture.cacheKey();
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final Questions questions = new Questions(new Beat(EVERY));
    private final CountDownLatch awake = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void aProxyIsAskedOnceInAnInterval() {
        assertThat(questions.ask(KEY, 1, NINE, () -> answer(NINE))).isEqualTo(answer(NINE));
        assertThat(questions.ask(KEY, 1, NINE, () -> answer(NINE.plusSeconds(1))))
                .isEqualTo(answer(NINE));

        Instant later = NINE.plus(EVERY);
        await().untilAsserted(() ->
                assertThat(questions.ask(KEY, 1, later, () -> answer(later))).isEqualTo(answer(later)));
    }

    @Test
    void oneThatHangsIsWaitedForOnceAndNotForLong() {
        // Given
        questions.ask(KEY, 1, NINE, () -> answer(NINE));
        Instant later = NINE.plus(EVERY);

        // When
        long began = System.nanoTime();
        Answer last = questions.ask(KEY, 1, later, () -> hangs(later));
        for (int look = 0; look < 100; look++) {
            questions.ask(KEY, 1, later, () -> hangs(later));
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);

        // Then
        assertThat(last).isEqualTo(answer(NINE));
        assertThat(took).isLessThan(Questions.LATER.multipliedBy(10));
        assertThat(asked).hasValue(1);

        // When
        awake.countDown();

        // Then
        await().untilAsserted(() ->
                assertThat(questions.ask(KEY, 1, later, () -> hangs(later))).isEqualTo(answer(later)));
    }

    @Test
    void whatAFormerProcessSaidDoesNotCount() {
        // Given
        questions.ask(KEY, 1, NINE, () -> answer(NINE));

        // Then
        assertThat(questions.last(KEY, 2)).isNull();
        assertThat(questions.ask(KEY, 2, NINE, () -> hangs(NINE))).isNull();
        questions.forget(KEY);
        awake.countDown();
        assertThat(questions.last(KEY, 1)).isNull();
    }

    @Test
    void whatIsKnownByThenNeedsNoQuestion() {
        // Given
        questions.ask(KEY, 1, NINE, () -> answer(NINE));
        Instant later = NINE.plus(EVERY);
        questions.ask(KEY, 1, later, () -> hangs(later));

        // When
        questions.note(KEY, answer(later.plusSeconds(1)));
        awake.countDown();

        // Then
        assertThat(questions.ask(KEY, 1, later.plusSeconds(1), () -> hangs(NINE)))
                .isEqualTo(answer(later.plusSeconds(1)));
    }

    private Answer hangs(Instant at) {
        asked.incrementAndGet();
        try {
            awake.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answer(at);
    }

    private static Answer answer(Instant at) {
        return new Answer(1, at, Map.of("requests", "1"), "", true);
    }
}

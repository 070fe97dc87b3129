package io.archipelago.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClockOffsetTest {

    private static final Instant NINE = Instant.parse("2026-12-01T09:00:00Z");

    private final ClockOffset offset = new ClockOffset();

    @Test
    void nothingIsKnownBeforeTheFirstAnswer() {
        assertThat(offset.offset()).isEmpty();
    }

    @Test
    void aClockThatIsAheadIsFoundHoweverLongTheAnswersTake() {
        // Given
        sent(2_300, 20);
        sent(2_300, 900);

        // Then
        assertThat(offset.offset()).contains(Duration.ofMillis(2_300));
    }

    @Test
    void aClockThatIsBehindHasANegativeOffset() {
        sent(-1_500, 4);

        assertThat(offset.offset()).contains(Duration.ofMillis(-1_500));
    }

    @Test
    void smallDifferencesAreNotTold() {
        sent(3, 2);
        assertThat(offset.offset()).contains(Duration.ZERO);
        sent(-4, 1);
        assertThat(offset.offset()).contains(Duration.ZERO);
    }

    @Test
    void aCorrectionIsSeenAfterAFewMessages() {
        // Given
        sent(5_000, 1);

        // When
        for (int i = 0; i < 8; i++) {
            sent(0, 5);
        }

        // Then
        assertThat(offset.offset()).contains(Duration.ZERO);
    }

    @Test
    void aClockThatWasSetBackBetweenQuestionAndAnswerIsMeasuredAnew() {
        // Given
        sent(5_000, 1);

        // When
        offset.note(NINE, NINE, NINE.minusSeconds(5));

        // Then
        assertThat(offset.offset()).isEmpty();
    }

    @Test
    void aTopicThatSaysBackWhatItWasToldTellsNothing() {
        // Given
        for (int i = 0; i < 7; i++) {
            offset.note(NINE, NINE, NINE.plusMillis(3));
        }
        assertThat(offset.isBlind()).as("it may be chance").isFalse();

        // When
        offset.note(NINE.plusNanos(1), NINE, NINE.plusMillis(3));

        // Then
        assertThat(offset.isBlind()).isTrue();
        assertThat(offset.offset()).isEmpty();

        // When
        sent(2_300, 20);

        // Then
        assertThat(offset.isBlind()).isFalse();
        assertThat(offset.offset()).contains(Duration.ofMillis(2_300));
    }

    private void sent(long aheadMillis, long roundTripMillis) {
        Instant written = NINE.plusMillis(roundTripMillis / 2);
        Instant sent = NINE.plusMillis(aheadMillis);
        offset.note(sent, written, sent.plusMillis(roundTripMillis));
    }
}

package io.archipelago.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The proof by simulation: docs/simulation.md says what it covers and how a seed is replayed. */
class SimulationTest {

    /** Fewer histories than this need not have seen everything. */
    private static final int ENOUGH = 5_000;

    /** Each mutation is caught in far fewer; the figures stand in docs/simulation.md. */
    private static final int CAUGHT_WITHIN = 3_000;

    @Test
    void everyHistoryKeepsTheInvariants() {
        // Given
        Sweep sweep = Sweep.asToldByProperties();

        // When
        sweep.run();

        // Then
        assertThat(sweep.broken()).as(sweep::report).isEmpty();
        if (sweep.histories() >= ENOUGH) {
            assertThat(sweep.deeds()).as("what the histories contain").containsAll(EnumSet.allOf(Deed.class));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsBrokenOnPurposeIsNoticed(Mutation mutation) {
        assumeThat(Long.getLong("simulation.seed")).isNull();

        // Given
        Sweep sweep = Sweep.with(mutation, CAUGHT_WITHIN);

        // When
        sweep.run();

        // Then
        assertThat(sweep.broken()).isNotEmpty();
    }

    @Test
    void whateverAHistoryThrowsIsNoticed() {
        assertThat(Sweep.outcome(() -> {
                    throw new AssertionError("an assertion");
                }))
                .contains("an assertion");
        assertThat(Sweep.outcome(() -> {
                    throw new StackOverflowError();
                }))
                .contains("StackOverflowError");
        assertThat(Sweep.outcome(() -> {})).isEmpty();
    }

    @Test
    void theSameSeedTellsTheSameStory() {
        // Given
        History once = new History(4711, Set.of(), true, false);
        History again = new History(4711, Set.of(), true, false);

        // When
        once.run();
        again.run();

        // Then
        assertThat(once.story()).isNotEmpty().isEqualTo(again.story());
    }
}

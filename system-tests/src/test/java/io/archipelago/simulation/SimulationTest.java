package io.archipelago.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** The proof by simulation: see docs/simulation.md. */
class SimulationTest {

    @Test
    void everyHistoryKeepsTheInvariants() {
        Sweep sweep = Sweep.ofAll();

        sweep.run();

        assertThat(sweep.broken()).as(sweep::report).isEmpty();
    }

    @Test
    void theSameSeedTellsTheSameStory() {
        History once = new History(4711, Set.of(), true, false);
        History again = new History(4711, Set.of(), true, false);

        once.run();
        again.run();

        assertThat(once.story()).isNotEmpty().isEqualTo(again.story());
    }
}

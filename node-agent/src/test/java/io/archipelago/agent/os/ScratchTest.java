package io.archipelago.agent.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {

    /** Higher than any that Linux gives. */
    private static final long NOBODY = 999_999_999;

    @TempDir
    Path directory;

    @Test
    void clearsWhatAnAgentThatWasKilledLeftBehindAndNothingElse() throws Exception {
        // Given
        Process other = new ProcessBuilder("sleep", "1000").start();
        try {
            make("agent-" + NOBODY + "-1.out");
            make("agent-" + ProcessHandle.current().pid() + "-2.xml");
            List<String> others = List.of(
                    "agent-" + other.pid() + "-1.out", "agent-" + NOBODY + "-1.key", "agent-smith.out", "other.err");
            for (String name : others) {
                make(name);
            }

            // When
            Scratch.clear(directory);

            // Then
            try (var left = Files.list(directory)) {
                assertThat(left.map(file -> file.getFileName().toString())).hasSameElementsAs(others);
            }
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void knowsTheFilesThatItMakes() throws Exception {
        for (String ending : List.of(".out", ".err", ".in", ".xml")) {
            Path made = Scratch.file(ending);
            Path left = directory.resolve(made.getFileName());
            Files.move(made, left);

            Scratch.clear(directory);

            assertThat(left).doesNotExist();
        }
    }

    private void make(String name) throws Exception {
        Files.createFile(directory.resolve(name));
    }
}

package io.archipelago.agent.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventProgramTest {

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private final AtomicInteger began = new AtomicInteger();

    @Test
    void hearsEachLineAndRunsTheProgramAgainWhenItHasEnded() {
        try (EventProgram ignored = run("printf", "a\\nb\\n")) {
            await().atMost(PATIENCE).until(() -> began.get() >= 3 && heard.size() >= 4);
        }

        assertThat(List.copyOf(heard).subList(0, 4)).containsExactly("a", "b", "a", "b");
    }

    @Test
    void endsTheProgramWhenItIsClosed() {
        try (EventProgram ignored = run("sleep", "611")) {
            await().atMost(PATIENCE).until(EventProgramTest::sleeps);
        }

        await().atMost(PATIENCE).until(() -> !sleeps());
    }

    private EventProgram run(String... command) {
        return new EventProgram(List.of(command), PAUSE, heard::add, began::incrementAndGet);
    }

    private static boolean sleeps() {
        return ProcessHandle.current()
                .children()
                .anyMatch(child -> child.info().commandLine().orElse("").contains("sleep 611"));
    }
}

package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildTest {

    @TempDir
    Path directory;

    @Test
    void endsWhatPreparesSomethingWhenItIsInterrupted() throws Exception {
        // Given
        Process process = new ProcessBuilder("bash", "-c", "sleep 600 & echo $!; wait").start();
        long descendant = Long.parseLong(process.inputReader().readLine());
        ProcessHandle sleeping = ProcessHandle.of(descendant).orElseThrow();

        // When
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Child.toTheEnd(process)).isInstanceOf(InterruptedException.class);

        // Then
        assertThat(process.isAlive()).isFalse();
        sleeping.onExit().get(30, TimeUnit.SECONDS);
    }

    @Test
    void tellsHowWhatPreparesSomethingEnded() throws Exception {
        assertThat(Child.toTheEnd(new ProcessBuilder("bash", "-c", "exit 7").start()))
                .isEqualTo(7);
    }

    @Test
    void showsTheEndOfWhatWasWrittenAfterAPlace() throws IOException {
        // Given
        Path log = directory.resolve("x.log");
        Files.writeString(log, "before\n");
        long place = Files.size(log);
        Files.writeString(log, "before\none\ntwo\nthree\n");

        // Then
        assertThat(Child.tail(log, place, 9)).isEqualTo("one\ntwo\nthree");
        assertThat(Child.tail(log, place, 2)).isEqualTo("two\nthree");
        assertThat(Child.tail(log, 1)).isEqualTo("three");
    }
}

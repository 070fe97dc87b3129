package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {

    @TempDir
    Path directory;

    private Home home;
    private Process stranger;

    @BeforeEach
    void startAProcessThatIsNotOurs() throws Exception {
        home = new Home(directory);
        home.create();
        stranger = new ProcessBuilder("sleep", "600").start();
    }

    @AfterEach
    void endIt() throws Exception {
        stranger.destroyForcibly().waitFor();
    }

    @Test
    void findsAndEndsTheProcessThatAPidFileNames() throws Exception {
        // Given
        write(identity());
        assertThat(Leftovers.find(home)).extracting(PidFile::name).containsExactly("tokyo-cache");

        // When
        int ended = Leftovers.stopAll(home);

        // Then
        assertThat(ended).isEqualTo(1);
        assertThat(stranger.isAlive()).isFalse();
        assertThat(home.pidFiles()).isEmpty();
    }

    @Test
    void neverTouchesAProcessThatOnlyHasTheSamePid() throws Exception {
        // Given
        ProcessIdentity real = identity();
        write(new ProcessIdentity(real.pid(), real.startTicks() - 1, real.bootId()));

        // When
        int ended = Leftovers.stopAll(home);

        // Then
        assertThat(ended).isZero();
        assertThat(stranger.isAlive()).isTrue();
    }

    @Test
    void neverTouchesAProcessOfAnotherBoot() throws Exception {
        ProcessIdentity real = identity();
        write(new ProcessIdentity(real.pid(), real.startTicks(), "another boot"));

        assertThat(Leftovers.find(home)).isEmpty();
    }

    @Test
    void takesAnUnreadablePidFileForNone() throws Exception {
        Files.writeString(home.pidFile("tokyo-cache"), "{\"name\":");

        assertThat(Leftovers.find(home)).isEmpty();
    }

    @Test
    void findsAProcessByTheMarkInItsEnvironment() throws Exception {
        // Given
        ProcessBuilder builder = new ProcessBuilder("sleep", "600");
        builder.environment().put(Child.OWNER_VARIABLE, home.root().toString());
        Process marked = builder.start();

        // When
        List<PidFile> found = Leftovers.find(home);
        Leftovers.stopAll(home);

        // Then
        assertThat(found).extracting(one -> one.process().pid()).containsExactly(marked.pid());
        assertThat(marked.waitFor()).isNotZero();
        assertThat(stranger.isAlive()).isTrue();
    }

    @Test
    void purgesOnlyWhatAStackWrites() throws Exception {
        // Given
        Files.writeString(directory.resolve("notes.txt"), "the user's own");
        Files.writeString(home.data("x"), "data");

        // When
        home.purge();

        // Then
        try (var rest = Files.list(directory)) {
            assertThat(rest).containsExactly(directory.resolve("notes.txt"));
        }
    }

    private ProcessIdentity identity() {
        return ProcessIdentity.of(stranger.pid()).orElseThrow();
    }

    private void write(ProcessIdentity identity) throws IOException {
        new PidFile("tokyo-cache", identity, Launch.StopSignal.TERM).write(home.pidFile("tokyo-cache"));
    }
}

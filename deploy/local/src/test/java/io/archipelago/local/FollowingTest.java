package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.archipelago.local.StackState.Condition;
import io.archipelago.local.StackState.Phase;
import io.archipelago.local.StackState.ProcessState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands make of a supervisor that somebody else has started; here it is this test. */
class FollowingTest {

    private static final int SECONDS_AGO = 1_000;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ProcessIdentity self =
            ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
    private Home home;
    private Context context;

    @BeforeEach
    void registerAsSupervisor() throws IOException {
        home = new Home(directory);
        home.create();
        new PidFile("supervisor", self, Launch.StopSignal.TERM).write(home.supervisor());
        PrintStream print = new PrintStream(output, true, StandardCharsets.UTF_8);
        context = Context.of(
                Map.of(
                        Home.VARIABLE,
                        directory.toString(),
                        Context.BEGUN,
                        Long.toString(Instant.now().minusSeconds(SECONDS_AGO).toEpochMilli())),
                new Installation(directory),
                print,
                print);
    }

    @Test
    void upSaysThatAReadyStackRunsAlready() throws Exception {
        say(self, Phase.READY);

        assertThat(UpCommand.run(context, List.of())).isEqualTo(Main.OK);
        assertThat(output()).contains("is running already", "./vc down");
    }

    @Test
    void upFollowsAStackThatStartsAndCountsFromTheCommand() throws Exception {
        // Given
        say(self, Phase.STARTING);
        CompletableFuture<Integer> up = up();
        await().untilAsserted(() -> assertThat(output()).contains("is being started already"));
        assertThat(up).isNotDone();

        // When
        say(self, Phase.READY);

        // Then
        assertThat(up.get(30, TimeUnit.SECONDS)).isEqualTo(Main.OK);
        assertThat(output()).containsPattern("Ready after 10\\d\\d\\.\\d s;").contains("ready   1/1  postgres");
    }

    @Test
    void upWaitsWhileAStackStops() throws Exception {
        // Given
        say(self, Phase.STOPPING);
        CompletableFuture<Integer> up = up();
        await().untilAsserted(() -> assertThat(output()).contains("is being stopped"));
        assertThat(up).isNotDone();

        // When
        say(self, Phase.READY);

        // Then
        assertThat(up.get(30, TimeUnit.SECONDS)).isEqualTo(Main.OK);
        assertThat(output()).containsOnlyOnce("is being stopped");
    }

    @Test
    void upDoesNotTakeTheWordOfAnEarlierSupervisor() throws Exception {
        // Given
        say(new ProcessIdentity(self.pid(), self.startTicks() - 1, self.bootId()), Phase.READY);
        CompletableFuture<Integer> up = up();
        await().untilAsserted(() -> assertThat(output()).contains("is being started already"));

        // When
        say(self, Phase.READY);

        // Then
        assertThat(up.get(30, TimeUnit.SECONDS)).isEqualTo(Main.OK);
        assertThat(output()).contains("Ready after");
    }

    @Test
    void statusSaysThatAStackStartsOfWhichNothingIsKnownYet() throws Exception {
        assertThat(StatusCommand.run(context, List.of())).isEqualTo(Main.FAILED);
        assertThat(output())
                .contains("STARTING", "supervisor")
                .doesNotContain("not running")
                .doesNotContain("gone");
    }

    @Test
    void statusIsNotWellBeforeAllIsReady() throws Exception {
        say(self, Phase.STARTING);

        assertThat(StatusCommand.run(context, List.of())).isEqualTo(Main.FAILED);
    }

    @Test
    void statusSaysWhatItTakes() {
        assertThatThrownBy(() -> StatusCommand.run(context, List.of("-o", "yaml")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("vc status does not know \"-o yaml\"; it takes -o table, as without it, or -o json");
    }

    private CompletableFuture<Integer> up() {
        CompletableFuture<Integer> outcome = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                outcome.complete(UpCommand.run(context, List.of()));
            } catch (IOException | InterruptedException | RuntimeException e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    private void say(ProcessIdentity supervisor, Phase phase) throws IOException {
        @Nullable Double readySeconds = phase == Phase.READY ? 1.0 : null;
        Condition condition = phase == Phase.READY ? Condition.READY : Condition.WAITING;
        List<ProcessState> processes = List.of(new ProcessState("postgres", condition, 0, 1, 0, null));
        // Ports at which nobody answers: what waits there is not asked for.
        JsonFiles.write(home.state(), new StackState(supervisor, phase, 1_024, null, readySeconds, processes));
    }

    private String output() {
        return output.toString(StandardCharsets.UTF_8);
    }
}

package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The script {@code vc}: what it builds, and to whom it hands the rest. */
class LauncherTest extends FakeClone {

    @Test
    void listsItsCommands() throws Exception {
        Outcome help = vc("help");

        assertThat(help.code()).isZero();
        assertThat(help.output()).contains("up ", "down ", "reserve FILE", "VC_PORT_BASE");
    }

    @Test
    void refusesACommandThatItDoesNotKnow() throws Exception {
        Outcome outcome = vc("upp");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.output()).contains("unknown command \"upp\"").contains("./vc help");
    }

    @Test
    void saysWhatToInstallWhereThereIsNoJdk() throws Exception {
        Path old = jdk("jdk-17", "17.0.15");

        Outcome outcome = run(old.toString(), "status");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.output()).contains("a JDK 21 or newer is needed").contains("https://adoptium.net");
    }

    @Test
    void takesTheNewestJdkWhereTheUserChoseNone() throws Exception {
        jdk("jdk-21", "21.0.2");

        assertThat(run("", "up").output()).contains("java of " + jdk);
    }

    @Test
    void takesTheJdkThatTheUserChose() throws Exception {
        Path chosen = jdk("jdk-21", "21.0.2");

        assertThat(run(chosen.toString(), "up").output()).contains("java of " + chosen);
        assertThat(calls()).hasSize(1).first().asString().doesNotContain("aot-jar");
    }

    @Test
    void buildsBeforeItStartsAndOnlyWhenSourcesChanged() throws Exception {
        // Given
        Outcome first = vc("up");
        Outcome second = vc("up");

        // When
        Files.setLastModifiedTime(
                root.resolve("contracts/src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(5)));
        Outcome third = vc("up");

        // Then
        assertThat(first.output()).contains("Building", "2/13  Contracts", "io.archipelago.local.Main up");
        assertThat(second.output()).doesNotContain("Building");
        assertThat(third.output()).contains("Building");
        assertThat(calls()).hasSize(2).first().asString().contains("package", "-Dquarkus.package.jar.type=aot-jar");
    }

    @Test
    void stopsWithoutBuildingWhenSourcesDoNotCompile() throws Exception {
        // Given
        Files.createDirectories(root.resolve("deploy/local/target/lib"));
        maven("exit 1");

        // When
        Outcome down = vc("down");

        // Then
        assertThat(down.code()).isZero();
        assertThat(down.output()).contains("io.archipelago.local.Main down").doesNotContain("Building");
    }

    @Test
    void showsWhatTheCompilerSaidWhenABuildFails() throws Exception {
        maven("echo '[INFO] noise'", "echo '[ERROR] A.java:[1,1] cannot find symbol'", "exit 1");

        Outcome up = vc("up");

        assertThat(up.code()).isEqualTo(1);
        assertThat(up.output())
                .contains("cannot find symbol", "vc-build.log")
                .doesNotContain("noise")
                .doesNotContain("java of");
    }

    @Test
    void handsOnWhateverTheClientKnows() throws Exception {
        for (String command : List.of("reserve", "preview", "list", "show", "accept", "cancel", "watch")) {
            assertThat(vc(command, "x").output()).contains("io.archipelago.cli.Main " + command + " x");
        }
    }

    @Test
    void handsReservationsToTheCommandLineAsTheyAre() throws Exception {
        Outcome outcome = vc("reserve", "a file.yaml", "--wait");

        assertThat(outcome.output()).contains("io.archipelago.cli.Main reserve a file.yaml --wait");
    }

    @Test
    void handsACommandForAHostOfTheLabOnAsItIs() throws Exception {
        Outcome outcome = vc("lab", "shell", "tokyo-c01", "ls", "--help");

        assertThat(outcome.output()).contains("io.archipelago.lab.Main shell tokyo-c01 ls --help");
        assertThat(vc("lab", "up", "--help").output())
                .contains("lab shell HOST")
                .doesNotContain("java of");
    }

    @Test
    void saysHowOneCommandIsUsed() throws Exception {
        assertThat(vc("help", "lab").output())
                .contains("lab up", "lab down [--keep]")
                .doesNotContain("--purge");
        assertThat(vc("help", "down").output()).contains("down [--purge]").doesNotContain("up [--foreground]");
        assertThat(vc("help", "test").output())
                .contains("--all: every case", "--containers")
                .doesNotContain("bench");
        assertThat(vc("help", "reserve").output()).contains("io.archipelago.cli.Main help reserve");
        assertThat(vc("help", "nonsense").code()).isEqualTo(2);
        assertThat(vc("help").output()).contains("environment:", "VC_PORT_BASE");
    }

    @Test
    void printsTheHelpOfACommandWithoutBuilding() throws Exception {
        Outcome outcome = vc("up", "--help");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.output()).contains("up [--foreground]").doesNotContain("java of");
        assertThat(calls()).isEmpty();
    }

    @Test
    void demoBuildsWhereOneSeesItThenStartsAndPrintsTheStoryAlone() throws Exception {
        // Given
        java("[[ $* != *'Main status'* ]] || exit 3", SAY);

        // When
        environment.put("VC_TEST_ERRORS", "apart");
        Outcome demo = vc("demo", "-o", "json");

        // Then
        assertThat(demo.code()).isZero();
        assertThat(demo.output().lines()).singleElement().asString().contains("io.archipelago.cli.Main demo -o json");
        assertThat(errors()).containsSubsequence("Building with", "2/13  Contracts", "Built in", "Main up");
        assertThat(demo.output()).contains("VC_ROOT=" + root);
        assertThat(calls()).hasSize(1);
    }

    @Test
    void buildProgressIsNoPartOfAnAnswer() throws Exception {
        environment.put("VC_TEST_ERRORS", "apart");

        Outcome list = vc("list", "-o", "json");

        assertThat(list.output().lines()).singleElement().asString().contains("Main list -o json");
        assertThat(errors()).contains("Building with", "Built in");
    }

    @Test
    void twoCommandsBuildOnce() throws Exception {
        // Given
        maven("mkfifo hold", "echo called >> calls", "read -r _ < hold");
        Process first = start(jdk.toString(), "list");
        try (BufferedReader lines = first.inputReader()) {
            assertThat(lines.readLine()).contains("Building with");
            Process second = start(jdk.toString(), "show", "1");
            try (BufferedReader others = second.inputReader()) {
                assertThat(others.readLine()).isEqualTo("Waiting for another ./vc that builds or tests here ...");

                // When
                Files.writeString(root.resolve("hold"), "go\n");

                // Then
                assertThat(others.readLine()).contains("Main show 1");
            }
            assertThat(lines.readLine()).contains("Built in");
            assertThat(lines.readLine()).contains("Main list");
        }
        assertThat(calls()).hasSize(1);
    }

    @Test
    void doesNotBuildAnewWhatRuns() throws Exception {
        // Given
        Process supervisor = supervisor();

        // When
        Outcome list = vc("list");
        Outcome test = vc("test");
        supervisor.destroyForcibly().waitFor();
        Outcome afterwards = vc("list");

        // Then
        assertThat(list.output())
                .contains("newer than what runs (supervisor " + supervisor.pid() + ")")
                .contains("./vc down, then ./vc up")
                .contains("Main list");
        assertThat(test.code()).isEqualTo(1);
        assertThat(test.output()).contains("./vc down first");
        assertThat(afterwards.output()).contains("Built in");
        assertThat(calls()).hasSize(1);
    }

    @Test
    void buildsAgainWhenASourceIsGone() throws Exception {
        // Given
        Path source = root.resolve("contracts/src/main/java/A.java");
        vc("list");

        // When
        Files.delete(source);
        Files.setLastModifiedTime(
                source.getParent(), FileTime.from(Instant.now().plusSeconds(5)));

        // Then
        assertThat(vc("list").output()).contains("Building");
    }

    @Test
    void seesChangesWhereverTheCloneLies() throws Exception {
        // Given
        root = Files.createDirectories(root.resolve("some/src/test"));
        install();
        vc("list");

        // When
        Files.setLastModifiedTime(
                root.resolve("contracts/src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(5)));

        // Then
        assertThat(vc("list").output()).contains("Building");
        assertThat(calls()).hasSize(2);
    }

    @Test
    void saysThatItNeedsAnotherMachine() throws Exception {
        executable(root.resolve("uname"), "echo Linux aarch64");
        environment.put("PATH", root + ":/usr/bin:/bin");

        Outcome up = vc("up");

        assertThat(up.code()).isEqualTo(1);
        assertThat(up.output()).contains("needs Linux on x86-64").contains("here is Linux aarch64");
        assertThat(calls()).isEmpty();
    }

    @Test
    void tellsSinceWhenSomebodyWaits() throws Exception {
        // Given
        vc("list");
        long before = System.currentTimeMillis();

        // When
        String begun = vc("up").output().replaceAll("(?s).*VC_BEGUN=(\\d*).*", "$1");

        // Then
        assertThat(Long.parseLong(begun)).isBetween(before, System.currentTimeMillis());
    }

    /** A process that looks as the supervisor of the stack in this clone's home does. */
    private Process supervisor() throws IOException {
        Process process = new ProcessBuilder("bash", "-c", "exec -a io.archipelago.local.Main sleep 600").start();
        Home home = new Home(root.resolve(".vc"));
        home.create();
        new PidFile("supervisor", ProcessIdentity.of(process.pid()).orElseThrow(), Launch.StopSignal.TERM)
                .write(home.supervisor());
        await().untilAsserted(() ->
                assertThat(process.info().commandLine().orElse("")).startsWith("/usr/bin/sleep"));
        return process;
    }
}

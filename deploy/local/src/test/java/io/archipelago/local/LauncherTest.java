package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code vc}, with a Maven and a JDK that only say how they were called. */
class LauncherTest {

    @TempDir
    Path root;

    private static final String SAY = "echo \"java of $JAVA_HOME: $* VC_ROOT=${VC_ROOT-} VC_BEGUN=${VC_BEGUN-}\"";

    private Path jdk;
    private final Map<String, String> environment = new HashMap<>();

    record Outcome(int code, String output) {}

    @BeforeEach
    void install() throws IOException {
        Files.copy(Installation.find().repository().resolve("vc"), root.resolve("vc"));
        jdk = jdk("jdk-25", "25.0.3");
        maven("echo \"maven $*\" >> calls", "echo '[INFO] Building Archipelago :: Contracts 0.1.0 [2/13]'");
        write("contracts/src/main/java/A.java", "class A {}");
        write("pom.xml", "<project/>");
    }

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
    void handsReservationsToTheCommandLineAsTheyAre() throws Exception {
        Outcome outcome = vc("reserve", "a file.yaml", "--wait");

        assertThat(outcome.output()).contains("io.archipelago.cli.Main reserve a file.yaml --wait");
    }

    @Test
    void saysHowOneCommandIsUsed() throws Exception {
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

    @Test
    void addsUpTheTestsOfAllModules() throws Exception {
        maven(
                "mkdir -p bus/target/surefire-reports bus/target/failsafe-reports",
                report("bus/target/surefire-reports/TEST-a.xml", 10, 0, 0, 1),
                report("bus/target/failsafe-reports/TEST-b.xml", 5, 0, 0, 0));

        Outcome test = vc("test");

        assertThat(test.code()).as(test.output()).isZero();
        assertThat(test.output()).endsWith("14 passed, 0 failed, 1 skipped\n");
    }

    @Test
    void failsWhenATestFailed() throws Exception {
        maven("mkdir -p bus/target/surefire-reports", report("bus/target/surefire-reports/TEST-a.xml", 10, 1, 2, 0));

        Outcome test = vc("test");

        assertThat(test.code()).isEqualTo(1);
        assertThat(test.output()).endsWith("7 passed, 3 failed, 0 skipped\n");
    }

    @Test
    void failsWhenTheBuildFailedThoughNoTestDid() throws Exception {
        maven(
                "mkdir -p bus/target/surefire-reports",
                report("bus/target/surefire-reports/TEST-a.xml", 3, 0, 0, 0),
                "exit 1");

        Outcome test = vc("test");

        assertThat(test.code()).isEqualTo(1);
        assertThat(test.output()).contains("vc-test.log").endsWith("3 passed, 0 failed, 0 skipped\n");
    }

    @Test
    void failsWhenNoTestRanAtAll() throws Exception {
        assertThat(vc("test").code()).isEqualTo(1);
    }

    @Test
    void forgetsTheReportsOfAnEarlierRun() throws Exception {
        write(
                "bus/target/surefire-reports/TEST-old.xml",
                "<testsuite tests=\"7\" errors=\"0\" skipped=\"0\" failures=\"7\">");
        maven("mkdir -p bus/target/surefire-reports", report("bus/target/surefire-reports/TEST-a.xml", 3, 0, 0, 0));

        assertThat(vc("test").output()).endsWith("3 passed, 0 failed, 0 skipped\n");
    }

    @Test
    void passesOnWhichTestsAreWanted() throws Exception {
        Outcome wrong = vc("test", "--everything");
        environment.put("DOCKER_HOST", "tcp://engine:2375");
        environment.put("VC_TESTS_KAFKA_IMAGE", "our/kafka:1");
        environment.put("VC_TESTS_KEYCLOAK_IMAGE", "our/keycloak:1");
        vc("test", "--all", "--containers");

        assertThat(wrong.code()).isEqualTo(2);
        assertThat(calls())
                .hasSize(1)
                .first()
                .asString()
                .contains(
                        "-Dvc.tests.all=true",
                        "-Dvc.tests.containers=true",
                        "-Dvc.tests.kafka.image=our/kafka:1",
                        "-Dvc.tests.keycloak.image=our/keycloak:1")
                .doesNotContain("postgres.image");
    }

    @Test
    void saysAtOnceThatThereIsNoContainerEngine() throws Exception {
        environment.put("DOCKER_HOST", "unix://" + root.resolve("no.sock"));

        Outcome test = vc("test", "--containers");

        assertThat(test.code()).isEqualTo(1);
        assertThat(test.output()).startsWith("vc: no container engine: " + root.resolve("no.sock") + " is missing.");
        assertThat(calls()).isEmpty();
    }

    private Outcome vc(String... arguments) throws Exception {
        return run(jdk.toString(), arguments);
    }

    private Outcome run(String javaHome, String... arguments) throws Exception {
        Process process = start(javaHome, arguments);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    private String errors() throws IOException {
        return Files.readString(root.resolve("errors"));
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

    private Process start(String javaHome, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("bash", root.resolve("vc").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", javaHome);
        // Only what this test made, whatever this machine has.
        builder.environment()
                .put(
                        "VC_JDK_PLACES",
                        javaHome.contains("jdk-17") ? "" : root.resolve("jdk-*").toString());
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().putAll(environment);
        if (environment.containsKey("VC_TEST_ERRORS")) {
            builder.redirectErrorStream(false)
                    .redirectError(root.resolve("errors").toFile());
        }
        // From wherever somebody stands.
        return builder.directory(Path.of("/").toFile()).start();
    }

    private List<String> calls() throws IOException {
        Path calls = root.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    private void maven(String... lines) throws IOException {
        executable(root.resolve("mvnw"), lines);
    }

    private static String report(String file, int tests, int errors, int failures, int skipped) {
        return "echo '<testsuite name=\"x\" time=\"0.1\" tests=\"%d\" errors=\"%d\" skipped=\"%d\" failures=\"%d\">' > %s"
                .formatted(tests, errors, skipped, failures, file);
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = root.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/javac"));
        executable(home.resolve("bin/java"), SAY);
        return home;
    }

    private void java(String... lines) throws IOException {
        executable(jdk.resolve("bin/java"), lines);
    }

    private static void executable(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/bash\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void write(String file, String content) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), content);
    }
}

package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code ./vc test}: which tests run, and what it says of them. */
class LauncherTotalsTest extends FakeClone {

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
    void saysWhenTheLabWasLeftOut() throws Exception {
        maven(
                "mkdir -p bus/target/surefire-reports",
                report("bus/target/surefire-reports/TEST-a.xml", 3, 0, 0, 1),
                "echo 'The lab tests were left out: this is not root.'",
                "echo 'The lab tests were left out: this is not root.'");

        assertThat(vc("test").output())
                .endsWith("\nThe lab tests were left out: this is not root.\n2 passed, 0 failed, 1 skipped\n");
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

    private static String report(String file, int tests, int errors, int failures, int skipped) {
        return "echo '<testsuite name=\"x\" time=\"0.1\" tests=\"%d\" errors=\"%d\" skipped=\"%d\" failures=\"%d\">' > %s"
                .formatted(tests, errors, skipped, failures, file);
    }
}

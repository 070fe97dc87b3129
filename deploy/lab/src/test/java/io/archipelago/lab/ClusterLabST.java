package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Clusters of booted machines over both sites, and what may happen to them; nothing is left of any, nor of the lab. */
@OnLab
class ClusterLabST {

    private static final long SEED = Long.getLong("vc.tests.seed", System.nanoTime());
    /** Parts of the names of those to play, with commas between them. */
    private static final String ONLY = System.getProperty("vc.tests.scenario", "");

    /** Parts of the names of the classes of what befalls the cluster with the hard life, with commas between them: a slow machine takes them one by one. */
    private static final String BEFALLS = System.getProperty("vc.tests.befalls", "");

    /** With {@code ./vc test --all} they are played however long they take. */
    private static final boolean ALL = Boolean.getBoolean("vc.tests.all");

    /** Where agents take longer to be ready, the scenarios would last for hours. */
    private static final int MOST_SECONDS = 150;

    /** Where the hosts alone take longer to boot, the agents take longer than that, some ten times as long. */
    private static final int MOST_SECONDS_OF_HOSTS = 15;

    @TempDir
    static Path folder;

    private static double hostsSeconds;
    private static @Nullable RunningLab lab;

    /** The hosts alone first: they tell in seconds what all of it would in minutes. */
    @BeforeAll
    static void up() throws Exception {
        if (mayBeLeftOut()) {
            Path home = folder.resolve("hosts");
            hostsSeconds =
                    Lab.up(home, Settings.standard(), System.out::println).readySeconds();
            Lab.down(home, false);
        }
        if (hostsSeconds <= MOST_SECONDS_OF_HOSTS) {
            lab = RunningLab.up(folder);
        }
    }

    private static boolean mayBeLeftOut() {
        return ONLY.isEmpty() && !ALL;
    }

    private static RunningLab lab() {
        return Objects.requireNonNull(lab, "it runs unless the scenarios are left out");
    }

    @AfterAll
    static void downLeavesNothingOnTheMachine() throws Exception {
        if (lab != null) {
            lab.down();
        }
    }

    /** The main job, and what may befall a cluster; with {@code ./vc test --all} also what takes longest: to prepare hosts by hand. */
    @TestFactory
    List<DynamicTest> scenarios() {
        if (lab == null) {
            return List.of(leftOut("its hosts", hostsSeconds, MOST_SECONDS_OF_HOSTS));
        }
        if (lab().agentsSeconds() > MOST_SECONDS && mayBeLeftOut()) {
            return List.of(leftOut("their agents", lab().agentsSeconds(), MOST_SECONDS));
        }
        System.out.println("scenarios: seed " + SEED + " (-Dvc.tests.seed=" + SEED + " repeats it)");
        RunningLab running = lab();
        Random random = new Random(SEED);
        List<Mishap> mishaps = new ArrayList<>(List.of(new WanCut(running), new StoragePowerCut(running)));
        Collections.shuffle(mishaps, random);
        List<Mishap> losses = new ArrayList<>(List.of(new SilentHost(running), new DeadHost(running)));
        Collections.shuffle(losses, random);
        List<DynamicTest> tests = new ArrayList<>(List.of(
                test("two tenants have nothing but addresses in common", new TwoTenants(running)),
                // Once they have worked. It has no cluster that could leave anything.
                dynamicTest("agents are lean", new LeanAgents(running)::play),
                test(
                        "a cluster outlives what befalls it and its neighbours",
                        new HardLife(
                                running,
                                new KilledAgents(running, random),
                                chosen(mishaps),
                                chosen(List.of(new CutOffOverTheEnd(running), new Orphan(running))),
                                // To replace its machine takes the host that its neighbour had.
                                chosen(ALL || !BEFALLS.isEmpty() ? losses : losses.subList(0, 1))))));
        if (!ONLY.isEmpty() || ALL) {
            tests.add(test("hosts are prepared as the documentation says", new PreparedHosts(lab())));
        }
        tests.removeIf(test -> Stream.of(ONLY.split(",")).noneMatch(test.getDisplayName()::contains));
        assertThat(tests).as("scenarios with '" + ONLY + "' in their names").isNotEmpty();
        return tests;
    }

    private static <T> List<T> chosen(List<T> all) {
        return all.stream()
                .filter(each ->
                        Stream.of(BEFALLS.split(",")).anyMatch(each.getClass().getSimpleName()::contains))
                .toList();
    }

    private static DynamicTest leftOut(String who, double seconds, int most) {
        String sentence =
                "The lab tests were left out: the scenarios on clusters, for %s took %.0f s to be ready here, and beyond %d s they would last for hours; ./vc test --all plays them"
                        .formatted(who, seconds, most);
        return dynamicTest("this machine is fast enough", () -> {
            System.out.println(sentence);
            abort(sentence);
        });
    }

    private static DynamicTest test(String name, Scenario scenario) {
        return dynamicTest(name, () -> lab().play(scenario));
    }
}

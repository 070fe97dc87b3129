package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Clusters of booted machines over both sites, and what may happen to them; nothing is left of any, nor of the lab. */
@OnLab
class ClusterLabST {

    private static final long SEED = Long.getLong("vc.tests.seed", System.nanoTime());
    /** Part of the name of the one to play. */
    private static final String ONLY = System.getProperty("vc.tests.scenario", "");

    private static final int MISHAPS_PER_RUN = 1;

    @TempDir
    static Path folder;

    private static RunningLab lab;

    @BeforeAll
    static void up() throws Exception {
        lab = RunningLab.up(folder);
    }

    @AfterAll
    static void downLeavesNothingOnTheMachine() throws Exception {
        if (lab != null) {
            lab.down();
        }
    }

    /** The main job, and of what may happen to it some; all with {@code ./vc test --all}. */
    @TestFactory
    List<DynamicTest> scenarios() {
        System.out.println("scenarios: seed " + SEED + " (-Dvc.tests.seed=" + SEED + " repeats it)");
        List<DynamicTest> mishaps = new ArrayList<>(List.of(
                test("an orphan stays until its owner has it removed", new Orphan(lab)),
                test("the WAN is cut, and a storage host loses its power", new Outages(lab)),
                test("a compute host falls silent", new SilentHost(lab)),
                test("agents are killed", new KilledAgents(lab, new Random(SEED)))));
        Collections.shuffle(mishaps, new Random(SEED));
        boolean all = !ONLY.isEmpty() || Boolean.getBoolean("vc.tests.all");
        if (all) {
            // These last longest: one until its lease ends, the other records how an agent starts.
            mishaps.add(test("an agent is cut off over the end", new CutOffOverTheEnd(lab)));
            mishaps.add(test("hosts are prepared as the documentation says", new PreparedHosts(lab)));
        }
        List<DynamicTest> chosen = Stream.concat(
                        Stream.of(
                                test("two tenants have nothing but addresses in common", new TwoTenants(lab)),
                                // Once they have worked.
                                test("agents are lean", new LeanAgents(lab))),
                        mishaps.stream().limit(all ? mishaps.size() : MISHAPS_PER_RUN))
                .filter(test -> Stream.of(ONLY.split(",")).anyMatch(test.getDisplayName()::contains))
                .toList();
        assertThat(chosen).as("scenarios with '" + ONLY + "' in their names").isNotEmpty();
        return chosen;
    }

    private static DynamicTest test(String name, Scenario scenario) {
        return dynamicTest(name, () -> lab.play(scenario));
    }
}

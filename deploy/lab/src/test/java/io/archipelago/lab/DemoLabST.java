package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Somebody types {@code ./vc demo --lab}, twice, and the machine is as before each time. Minutes, so with {@code ./vc test --all}. */
@OnLab
@EnabledIfSystemProperty(named = "vc.tests.all", matches = "true")
class DemoLabST {

    private static final Duration LIMIT = Duration.ofMinutes(40);
    /** Name, site, VLAN id, address, MTU, disk, and who was reached. */
    private static final Pattern MACHINE = Pattern.compile(
            "^(v\\S+) +(tokyo|osaka) +(\\d+) +(172\\.\\S+) +(\\d+) +(\\1):1 +(v\\S+ v\\S+)$", Pattern.MULTILINE);

    @TempDir
    static Path folder;

    /** A demo that does not come to its end leaves what there is of the lab, for whoever wants to see why. */
    @AfterEach
    void takeBackWhatWasLeft() throws IOException, InterruptedException {
        if (Files.exists(folder.resolve("vc/lab"))) {
            new Operator(folder.resolve("vc"), Map.of()).begin("lab", "down").output(LIMIT);
        }
    }

    @RepeatedTest(2)
    void bootsMachinesAtTwoSitesAndTakesAllBack() throws IOException, InterruptedException {
        List<String> before = Outside.machine();

        String said = new Operator(folder.resolve("vc"), Map.of())
                .begin("demo", "--lab")
                .output(LIMIT);
        said.lines()
                .filter(line -> line.startsWith("Everything was taken back"))
                .forEach(System.out::println);

        Map<String, Set<String>> vlansBySite = MACHINE.matcher(said)
                .results()
                .collect(Collectors.groupingBy(
                        row -> row.group(2), Collectors.mapping(row -> row.group(3), Collectors.toSet())));
        assertThat(MACHINE.matcher(said).results()).as(said).hasSize(3);
        assertThat(vlansBySite.keySet()).containsExactlyInAnyOrder("tokyo", "osaka");
        assertThat(vlansBySite.values()).allMatch(vlans -> vlans.size() == 1);
        assertThat(Outside.processesOf(folder)).isEmpty();
        assertThat(Outside.machine()).isEqualTo(before);
    }
}

package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.archipelago.lab.LabTests.Case;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The node-agent's drivers for Linux pass their contracts, and what goes further than those, on hosts that have what they work on. Each test there is a test
 * here: what the drivers are there for in every run, of the rest some that a seed draws. {@code ./vc test --all} runs all, and {@code -Dvc.tests.kind=volume}
 * all of one kind of driver.
 */
@OnLab
class DriversLabST {

    private static final Path OURS = Path.of("").toAbsolutePath();
    private static final Path NODE_AGENT = OURS.resolve("../../node-agent").normalize();
    private static final String STORAGE = "tokyo-s1";
    private static final String GATEWAY = "tokyo-g1";
    private static final String OTHER_GATEWAY = "osaka-g1";
    private static final String COMPUTE = "tokyo-c01";
    /**
     * Most of their time they wait. Nothing of theirs needs the tables of iptables(8), for which gateways have a kernel that takes longer.
     */
    private static final List<String> FOR_LINKS = List.of("osaka-c01", "osaka-c02");

    private static final String FOR_LINKS_BEYOND = "tokyo-c02";

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long SEED = Long.getLong("vc.tests.seed", System.nanoTime());
    private static final String KIND = System.getProperty("vc.tests.kind", "");
    private static final boolean ALL = Boolean.getBoolean("vc.tests.all");
    /** All of them would take a third of an hour. */
    private static final int DRAWN_OF_TEN = 2;

    @TempDir
    static Path folder;

    private static final TreeMap<String, List<String>> classesByHost = new TreeMap<>();
    private static Lab lab;

    @BeforeAll
    static void up() throws Exception {
        for (String name : chosen()) {
            classesByHost
                    .computeIfAbsent(hostFor(name), host -> new ArrayList<>())
                    .add(name);
        }
        assertThat(classesByHost).isNotEmpty();
        Path home = folder.resolve("vc/lab");
        lab = Lab.up(
                home, Settings.standard().only(classesByHost.keySet().toArray(String[]::new)), System.out::println);
        BootImage.in(home);
        prepare();
    }

    private static List<String> chosen() throws IOException {
        return LabTests.classesOf(NODE_AGENT).stream()
                .filter(name -> name.contains(".drivers." + KIND))
                .toList();
    }

    /** What a host's drivers need that is not the drivers' to make. */
    private static void prepare() throws IOException {
        if (classesByHost.containsKey(STORAGE)) {
            LabHost host = lab.host(STORAGE);
            host.output(LIMIT, "lvcreate", "-qq", "--type", "thin-pool", "--size", "512M", Lab.VOLUME_GROUP + "/tp0");
            host.output(LIMIT, "modprobe", "-a", "iscsi_tcp", "sd_mod");
            host.start(Agents.ISCSID);
        }
        if (classesByHost.containsKey(COMPUTE)) {
            lab.host(COMPUTE).output(LIMIT, "modprobe", "-a", "loop");
            lab.host(COMPUTE).start(Agents.LIBVIRTD);
        }
    }

    @AfterAll
    static void down() throws Exception {
        Lab.down(folder.resolve("vc/lab"), false);
    }

    /** By the kind of what the driver makes, which is the name of its package. */
    private static String hostFor(String className) {
        String kind = className.replaceFirst(".*\\.([a-z]+)\\.[A-Z]\\w*$", "$1");
        return switch (kind) {
            // A disk comes from a volume of the same host then.
            case "volume", "disk" -> STORAGE;
            case "segment" -> GATEWAY;
            case "cache" -> OTHER_GATEWAY;
            // What goes further than the contracts takes as long as two of those.
            case "link" -> className.endsWith("ContractLT") ? leastOf(FOR_LINKS) : FOR_LINKS_BEYOND;
            case "machine" -> COMPUTE;
            default -> throw new IllegalArgumentException("no host of the lab is for " + className);
        };
    }

    private static String leastOf(List<String> hosts) {
        return hosts.stream()
                .min(Comparator.comparingInt(
                        host -> classesByHost.getOrDefault(host, List.of()).size()))
                .orElseThrow();
    }

    /** On all hosts at the same time: most of the time a test waits. */
    @TestFactory
    List<DynamicNode> drivers() throws IOException, InterruptedException {
        Map<String, String> settings = settings();
        return lab.atOnce(host -> dynamicContainer(
                host.name(),
                new LabTests(host, OURS)
                                .run(
                                        NODE_AGENT,
                                        classesByHost.getOrDefault(host.name(), List.of()),
                                        settings,
                                        System.out)
                                .stream()
                                .map(DriversLabST::test)));
    }

    private static Map<String, String> settings() {
        if (ALL || !KIND.isEmpty()) {
            return Map.of();
        }
        System.out.printf(
                "The lab tests were left out: %d of ten of those of the drivers' tests that not every run plays; seed %d (-Dvc.tests.seed=%d repeats it), ./vc test --all runs them%n",
                10 - DRAWN_OF_TEN, SEED, SEED);
        return Map.of("vc.tests.of-ten", Integer.toString(DRAWN_OF_TEN), "vc.tests.seed", Long.toString(SEED));
    }

    private static DynamicTest test(Case there) {
        return dynamicTest(there.name(), () -> {
            if (there.skipped()) {
                abort(there.name() + " was left out on the host");
            }
            there.failure().ifPresent(reason -> fail(there.name() + ": " + inALine(reason) + "\n" + reason));
        });
    }

    /** What a summary shows of a failure is its first line. */
    private static String inALine(String reason) {
        return reason.lines()
                .takeWhile(line -> !line.startsWith("\tat "))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "));
    }
}

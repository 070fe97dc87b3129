package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.archipelago.lab.LabTests.Case;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The node-agent's drivers for Linux pass their contracts on hosts that have what they work on. Each test there is a test here. */
@OnLab
class DriverContractsLabST {

    private static final Path OURS = Path.of("").toAbsolutePath();
    private static final Path NODE_AGENT = OURS.resolve("../../node-agent").normalize();

    @TempDir
    static Path folder;

    private static final TreeMap<String, List<String>> classesByHost = new TreeMap<>();
    private static Lab lab;

    @BeforeAll
    static void up() throws Exception {
        for (String name : LabTests.classesOf(NODE_AGENT)) {
            classesByHost
                    .computeIfAbsent(hostFor(name), host -> new ArrayList<>())
                    .add(name);
        }
        assertThat(classesByHost).isNotEmpty();
        lab = Lab.up(
                folder.resolve("vc/lab"),
                Settings.standard().only(classesByHost.keySet().toArray(String[]::new)),
                System.out::println);
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
            case "volume", "disk" -> "tokyo-s1";
            case "segment", "link", "cache" -> "tokyo-g1";
            default -> "tokyo-c01";
        };
    }

    @TestFactory
    List<DynamicNode> contracts() throws IOException {
        List<DynamicNode> hosts = new ArrayList<>();
        for (String host : classesByHost.keySet()) {
            List<Case> cases = new LabTests(lab.host(host), OURS).run(NODE_AGENT, classesByHost.get(host), System.out);
            hosts.add(dynamicContainer(host, cases.stream().map(DriverContractsLabST::test)));
        }
        return hosts;
    }

    private static DynamicTest test(Case there) {
        return dynamicTest(there.name(), () -> {
            if (there.skipped()) {
                abort(there.name() + " was left out on the host");
            }
            there.failure().ifPresent(reason -> fail(there.name() + ": " + reason));
        });
    }
}

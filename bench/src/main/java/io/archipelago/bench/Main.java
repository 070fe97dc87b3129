package io.archipelago.bench;

import io.archipelago.bench.booking.BookingBench;
import io.archipelago.bench.booking.Holds;
import io.archipelago.bench.lab.LabBench;
import io.archipelago.bench.openstack.PlacementBench;
import io.archipelago.bench.openstack.PlacementBench.Ours;
import io.archipelago.lab.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** What {@code ./vc bench} runs. */
public final class Main {

    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Main() {}

    @FunctionalInterface
    private interface Bench {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        Locale.setDefault(Locale.ROOT);
        Bench bench;
        try {
            bench = chosen(Arrays.asList(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println("vc: " + e.getMessage());
            System.exit(USAGE);
            return;
        }
        bench.run();
        // Clients of Kafka and HTTP leave threads behind that would keep the process for a while.
        System.exit(0);
    }

    private static Bench chosen(List<String> all) {
        List<String> options = all.isEmpty() ? all : all.subList(1, all.size());
        return switch (all.isEmpty() ? "" : all.getFirst()) {
            case "agent" -> {
                AgentSettings settings = AgentSettings.parse(options);
                yield () -> agent(settings);
            }
            case "booking" -> {
                BookingSettings settings = BookingSettings.parse(options);
                yield () -> booking(settings);
            }
            case "flow" -> {
                FlowSettings settings = FlowSettings.parse(options);
                yield () -> FlowBench.run(settings, System.out);
            }
            default ->
                throw new IllegalArgumentException(
                        "bench knows \"agent\", \"booking\" and \"flow\": ./vc bench agent " + AgentSettings.USAGE
                                + " | ./vc bench booking " + BookingSettings.USAGE + " | ./vc bench flow "
                                + FlowSettings.USAGE);
        };
    }

    private static void booking(BookingSettings settings) throws Exception {
        Holds holds = BookingBench.run(
                settings.most(), settings.hosts(), settings.seconds(), settings.seed(), settings.picture(), System.out);
        OptionalDouble stored = settings.stored() > 0
                ? OptionalDouble.of(StoredHolds.run(settings.stored(), settings.seed(), System.out))
                : OptionalDouble.empty();
        if (!settings.withPeer()) {
            return;
        }
        Optional<String> obstacle = Machine.notRootOnDebian();
        if (obstacle.isPresent()) {
            leaveOutPeer("its packages need root on Debian, and " + obstacle.get() + ".");
            return;
        }
        try {
            PlacementBench.install(System.out);
        } catch (IOException e) {
            leaveOutPeer(io.archipelago.local.Main.sentence(e));
            return;
        }
        try {
            PlacementBench.run(holds.clusters(), new Ours(holds.largeMillis(), stored), System.out);
        } catch (IOException e) {
            fail(e);
        }
    }

    private static void leaveOutPeer(String why) {
        System.out.println("OpenStack Placement was left out: " + why);
    }

    private static void agent(AgentSettings settings) throws InterruptedException {
        AgentBench.run(settings, System.out);
        if (!settings.withLab()) {
            return;
        }
        Optional<String> obstacle = Machine.obstacle();
        if (obstacle.isPresent()) {
            System.out.println(
                    "Links and volumes were left out: their hosts need root on Debian with /dev/net/tun, and "
                            + obstacle.get() + ".");
            return;
        }
        Path home = Path.of(System.getenv().getOrDefault("VC_HOME", ".vc")).resolve("bench");
        try {
            new LabBench(home.toAbsolutePath(), settings.lab(), settings.seed(), System.out).run();
        } catch (IOException e) {
            fail(e);
        }
    }

    private static void fail(IOException e) {
        System.err.println("vc: " + io.archipelago.local.Main.sentence(e));
        System.exit(FAILED);
    }
}

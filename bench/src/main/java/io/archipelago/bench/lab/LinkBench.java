package io.archipelago.bench.lab;

import static java.util.Objects.requireNonNull;

import io.archipelago.bench.lab.Plan.Gateway;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.LinkDriver;
import io.archipelago.lab.Lab;
import io.archipelago.lab.LabHost;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What gets through links from one gateway's bridge to the other's, beside what gets over the WAN that carries them. */
final class LinkBench {

    private static final String RAW = "the WAN itself";
    private static final int PINGS = 20;
    private static final Duration TO_LISTEN = Duration.ofSeconds(20);
    private static final Duration TO_ANSWER = Duration.ofSeconds(60);

    /** The headers of IPv4 and TCP, with the times that Linux adds. */
    private static final int HEADERS = 52;

    private final Lab lab;
    private final LabSettings settings;
    private final int seed;
    private final PrintStream out;
    private final LabHost here;
    private final LabHost there;
    private final Map<String, Way> ways = new LinkedHashMap<>();

    /**
     * A way from one gateway to the other.
     *
     * @param entrance what a command begins with that is to run where it begins
     * @param exit the same where it ends
     * @param address at its end
     */
    private record Way(List<String> entrance, List<String> exit, String address) {}

    LinkBench(Lab lab, LabSettings settings, int seed, PrintStream out) {
        this.lab = lab;
        this.settings = settings;
        this.seed = seed;
        this.out = out;
        this.here = lab.host(Gateway.TOKYO.host().value());
        this.there = lab.host(Gateway.OSAKA.host().value());
    }

    void run() throws IOException, InterruptedException {
        makeLinks();
        for (Way way : ways.values()) {
            listen(way.exit());
        }
        measure("WAN of %d ms, %d Mbit/s".formatted(settings.latencyMillis(), settings.rateMbit()), true);
        measure("WAN without delay and limit", false);
    }

    private void makeLinks() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        lab.wan().set(Duration.ofMillis(settings.latencyMillis()), settings.rateMbit() * 1_000_000L, 0);
        Appliance.setUp(here);
        Appliance.setUp(there);
        List<Map<LinkDriver, String>> offers = atOnce(() -> Agents.offers(here), () -> Agents.offers(there));
        List<Map<String, String>> places =
                atOnce(() -> make(Gateway.TOKYO, offers.get(1)), () -> make(Gateway.OSAKA, offers.get(0)));
        ways.put(RAW, new Way(List.of(), List.of(), Gateway.OSAKA.wanAddress()));
        for (LinkDriver driver : Plan.LINKS) {
            ways.put(
                    driver + ", frames of " + Plan.mtu(driver),
                    new Way(
                            within(places.get(0), Gateway.TOKYO, driver),
                            within(places.get(1), Gateway.OSAKA, driver),
                            Gateway.OSAKA.clusterAddress()));
        }
        out.printf(
                "The agents have made %d links after %.1f s.%n", Plan.LINKS.size(), (System.nanoTime() - begun) / 1e9);
    }

    private Map<String, String> make(Gateway gateway, Map<LinkDriver, String> peerKeys) throws IOException {
        HostId host = gateway.host();
        return Agents.make(lab.host(host.value()), new Errand(host, "", Plan.links(gateway, peerKeys)));
    }

    private static List<String> within(Map<String, String> places, Gateway gateway, LinkDriver driver) {
        String namespace = places.get(Plan.segment(gateway, driver).toString());
        if (namespace == null) {
            throw new IllegalStateException("the segment for " + driver + " is nowhere");
        }
        return List.of("ip", "netns", "exec", namespace);
    }

    /** From now on somebody takes there what is sent, until the host loses its power. */
    private void listen(List<String> exit) throws IOException {
        there.output(TO_LISTEN, with(exit, Stream.serve()));
        there.output(TO_LISTEN, with(exit, Stream.awaitServer()));
    }

    private void measure(String wan, boolean shaped) throws IOException {
        lab.wan()
                .set(
                        Duration.ofMillis(shaped ? settings.latencyMillis() : 0),
                        shaped ? settings.rateMbit() * 1_000_000L : 0,
                        0);
        Table table = new Table(wan, "Mbit/s", "ms");
        table.row(RAW, 1);
        Plan.LINKS.forEach(driver -> table.row(
                driver + ", frames of " + Plan.mtu(driver),
                (double) (Plan.mtu(driver) - HEADERS) / (Plan.WAN_MTU - HEADERS)));
        out.printf("Measuring %d ways, %d times ...%n", ways.size(), settings.rounds());
        Random random = new Random(seed);
        for (int round = 0; round < settings.rounds(); round++) {
            List<String> order = new ArrayList<>(ways.keySet());
            Collections.shuffle(order, random);
            for (String name : order) {
                Way way = requireNonNull(ways.get(name));
                double roundTrip = roundTrip(way);
                table.take(name, throughput(way), roundTrip);
            }
        }
        table.lines().forEach(out::println);
        out.println();
    }

    private double roundTrip(Way way) throws IOException {
        return Told.roundTrip(here.output(
                TO_ANSWER,
                with(way.entrance(), "ping", "-n", "-c", Integer.toString(PINGS), "-i", "0.1", way.address())));
    }

    private double throughput(Way way) throws IOException {
        return Told.megabits(here.output(
                TO_ANSWER.plusSeconds(settings.seconds()),
                with(way.entrance(), Stream.to(way.address(), settings.seconds()))));
    }

    private static String[] with(List<String> beginning, String... command) {
        List<String> whole = new ArrayList<>(beginning);
        whole.addAll(List.of(command));
        return whole.toArray(String[]::new);
    }

    /** Both ends of links have to be made at the same time. */
    private static <T> List<T> atOnce(Callable<T> one, Callable<T> other) throws IOException, InterruptedException {
        try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
            List<T> answers = new ArrayList<>();
            for (Future<T> each : both.invokeAll(List.of(one, other))) {
                answers.add(each.get());
            }
            return answers;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException reason) {
                throw reason;
            }
            throw new IllegalStateException("links could not be made", e);
        }
    }
}

package io.archipelago.lab;

import io.archipelago.local.Fleet;
import io.archipelago.local.RealAgent;
import io.archipelago.local.Site;
import io.archipelago.local.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the hosts of a lab hosts of the stack: runs on each its agent, and the daemons that the agent needs. */
final class Agents {

    static final Program ISCSID = new Program("iscsid", List.of("/usr/sbin/iscsid", "-f"), Map.of(), "/");
    static final Program LIBVIRTD = new Program("libvirtd", List.of("/usr/sbin/libvirtd"), Map.of(), "/");

    static final String AGENT = "agent";
    private static final String STATE = "/var/lib/archipelago/agent";
    private static final int HEALTH_PORT = 8085;
    private static final int OK = 200;
    private static final Duration TO_ANSWER = Duration.ofSeconds(10);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(TO_ANSWER).build();
    private static final Duration TO_BE_READY = Duration.ofMinutes(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    private final Lab lab;
    private final Stack stack;
    private final String bootCommandLine;

    /**
     * @param stack whose brokers the hosts reach
     * @param bootCommandLine what the kernel of a machine is told
     */
    Agents(Lab lab, Stack stack, String bootCommandLine) {
        this.lab = lab;
        this.stack = stack;
        this.bootCommandLine = bootCommandLine;
    }

    /** The hosts of the lab, as the stack has to know them. */
    static Map<String, Fleet> fleets() {
        Map<String, Fleet> fleets = new HashMap<>();
        for (Site site : Topology.SITES) {
            fleets.put(
                    site.id(),
                    new Fleet(
                            count(site, Role.COMPUTE),
                            count(site, Role.GATEWAY),
                            count(site, Role.STORAGE),
                            Topology.machineAddress(site)));
        }
        return fleets;
    }

    private static int count(Site site, Role role) {
        return (int) Topology.hosts().stream()
                .filter(host -> host.role() == role && siteOf(host.name()).equals(site.id()))
                .count();
    }

    static String siteOf(String host) {
        return host.substring(0, host.indexOf('-'));
    }

    /** Starts them all, and waits until every one knows what is desired on its host. */
    void start() throws IOException, InterruptedException {
        lab.inTurns(host -> {
            if (host.role() != Role.WAN) {
                start(host);
                awaitReady(host);
            }
            return true;
        });
    }

    void start(LabHost host) throws IOException {
        for (Program daemon : daemons(host.role())) {
            host.start(daemon);
        }
        for (String word : RealAgent.command()) {
            host.show(Path.of(word.substring(word.indexOf('=') + 1)));
        }
        host.start(new Program(AGENT, RealAgent.command(), environment(host), "/var/lib/archipelago"));
    }

    /** Waits until the agent of one does. */
    static void awaitReady(LabHost host) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TO_BE_READY.toNanos();
        while (!isReady(host)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("The agent of %s is not ready after %d s; what it said: %s"
                        .formatted(host.name(), TO_BE_READY.toSeconds(), host.log(AGENT)));
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    /** Asked from the machine: a program that asks on the host would keep it from getting ready. */
    private static boolean isReady(LabHost host) throws InterruptedException {
        HttpRequest question = HttpRequest.newBuilder(
                        URI.create("http://%s:%d/q/health/ready".formatted(host.address(), HEALTH_PORT)))
                .timeout(TO_ANSWER)
                .build();
        try {
            return HTTP.send(question, BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    static List<Program> daemons(Role role) {
        return role == Role.COMPUTE ? List.of(ISCSID, LIBVIRTD) : List.of();
    }

    /** What its agent is told. */
    Map<String, String> environment(LabHost host) {
        Site site = stack.sites().stream()
                .filter(each -> each.id().equals(siteOf(host.name())))
                .findFirst()
                .orElseThrow();
        Map<String, String> all = new HashMap<>(RealAgent.environment(stack, site));
        all.put("AGENT_STATE_DIRECTORY", STATE);
        all.put("AGENT_HOST_ID", host.name());
        all.put("QUARKUS_HTTP_HOST", host.address());
        all.put("AGENT_HOST_ROLES", host.role().name());
        // Eight kernels share the machine's processors.
        all.put("AGENT_RECONCILE_EVERY", "PT5S");
        all.put("AGENT_SETTLE_EVERY", "PT0.5S");
        all.put("AGENT_HOST_COMMAND_LIMIT", "PT60S");
        switch (host.role()) {
            case COMPUTE -> {
                all.put("AGENT_HOST_TRUNK", "eth1");
                all.put("AGENT_HOST_RESERVED_CPUS", "0");
                all.put("AGENT_HOST_RESERVED_MEMORY", "512MiB");
                all.put("AGENT_HOST_BOOT_KERNEL", BootImage.SEEN_BY_HOSTS + "/kernel");
                all.put("AGENT_HOST_BOOT_INITRD", BootImage.SEEN_BY_HOSTS + "/initrd");
                all.put("AGENT_HOST_BOOT_COMMAND_LINE", bootCommandLine);
            }
            case GATEWAY -> {
                all.put("AGENT_HOST_TRUNK", "eth1");
                all.put("AGENT_HOST_OUTSIDE", "eth2");
                all.put("AGENT_HOST_WAN_ADDRESS", Topology.wanAddress(site));
                all.put("AGENT_HOST_CLOSED_NETWORKS", String.join(",", Topology.managementNetworks()));
                all.put("AGENT_HOST_CACHE_DIRECTORY", "/var/cache/archipelago");
                all.put("AGENT_HOST_CACHE_BYTES", "12GiB");
            }
            case STORAGE -> {
                all.put("AGENT_HOST_POOLS", Lab.VOLUME_GROUP);
                all.put("AGENT_HOST_PORTAL", host.address() + ":3260");
            }
            case WAN -> throw new IllegalStateException("no agent runs between the sites");
        }
        return all;
    }
}

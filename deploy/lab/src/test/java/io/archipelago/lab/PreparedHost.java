package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.local.ServiceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A storage host is prepared by the steps of docs/operators/hosts-agent.md, with the files of deploy/systemd and a systemd of its own, and
 * serves a cluster. Java and the packages are there; what a laboratory host has instead of a systemd is put aside for that time.
 */
final class PreparedHost implements Scenario {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path FILES = ROOT.resolve("deploy/systemd");
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final Duration TO_BE_READY = Duration.ofMinutes(3);
    private static final Duration TO_RECORD = Duration.ofMinutes(8);
    private static final String SITE = "osaka";
    private static final String SYSTEMD = "systemd";

    /** It must be the first process of its namespace, and sees the host as it is. */
    private static final Program AS_FIRST = new Program(
            SYSTEMD,
            List.of(
                    "unshare",
                    "--pid",
                    "--mount",
                    "--fork",
                    "--kill-child",
                    "--mount-proc",
                    "/lib/systemd/systemd",
                    "--unit=basic.target"),
            Map.of("container", "lab"),
            "/");

    private static final String WITHIN =
            "exec nsenter --target \"$(pgrep --oldest --full '^/lib/systemd/systemd')\" --pid --mount --root --wd=/ \"$@\"";

    private static final String KEPT = "/var/lib/archipelago/";
    private static final String KEPT_BY_LAB = KEPT + "agent/";

    private static final String CACHE = "/usr/lib/archipelago/agent/app.aot";

    private static final String RECORD = """
            command=$(sed -n '/^ExecStart=/,/[^\\\\]$/p' /etc/systemd/system/archipelago-agent.service |
                sed -e 's/^ExecStart=//' -e 's/\\\\$//' -e 's|$RECORDED_START|-XX:AOTCacheOutput=%s|')
            mkdir -p /run/archipelago
            $command >/tmp/by-hand.log 2>&1 &
            agent=$!
            until grep -q 'caught up' /tmp/by-hand.log; do kill -0 $agent; sleep 0.2; done
            kill -TERM $agent
            wait $agent || true
            """.formatted(CACHE);

    private final RunningLab running;
    private final LabHost host;

    PreparedHost(RunningLab running) {
        this.running = running;
        this.host = running.lab().host(SITE + "-s1");
    }

    @Override
    public void play() throws Exception {
        host.stop(Agents.AGENT);
        host.start(AS_FIRST);
        try {
            await().atMost(LIMIT)
                    .ignoreExceptions()
                    .until(() -> within("systemctl", "is-system-running").matches("running|degraded"));
            // Step 1 is Java, which the machine has.
            within("ln", "-sfn", System.getProperty("java.home") + "/bin/java", "/usr/bin/java");
            // 2
            within("mkdir", "-p", "/usr/lib/archipelago", "/etc/archipelago");
            within("cp", "-r", ROOT.resolve("node-agent/target/quarkus-app").toString(), "/usr/lib/archipelago/agent");
            // Who it is, the sites have known since the lab's own agent spoke; another machine would be refused its
            // name.
            within("cp", "-a", KEPT_BY_LAB + host.name(), KEPT);
            // 3
            within("cp", file("agent.properties.example"), "/etc/archipelago/agent.properties");
            within("sed", "-i", sayingWhichHostThisIs(), "/etc/archipelago/agent.properties");
            // 4
            within("cp", file("archipelago-modules.conf"), "/etc/modules-load.d/archipelago.conf");
            within("systemctl", "restart", "systemd-modules-load");
            // 5
            within("cp", file("archipelago-agent.service"), "/etc/systemd/system");
            within("mkdir", "-p", "/etc/systemd/system/archipelago-agent.service.d");
            within("cp", file("without-udev.conf"), "/etc/systemd/system/archipelago-agent.service.d");
            within("systemctl", "enable", "--now", "archipelago-agent");
            awaitReady();
            record();
            awaitHeardOf();

            Cluster cluster = running.reserve("alice", Requests.LONG);
            cluster.awaitActive();
            cluster.awaitWell();
            assertThat(within("systemctl", "is-active", "archipelago-agent")).isEqualTo("active");
            assertThat(within("systemctl", "show", "--property", "NRestarts", "--value", "archipelago-agent"))
                    .isEqualTo("0");
            cluster.beginEnd();
            cluster.awaitEnd();
        } finally {
            host.stop(SYSTEMD);
            await().atMost(LIMIT)
                    .until(() -> host.run(LIMIT, "pgrep", "--full", "^/lib/systemd/systemd")
                                    .code()
                            != 0);
            host.output(LIMIT, "rm", "-rf", KEPT + host.name());
            running.agents().start(host);
        }
    }

    private String sayingWhichHostThisIs() {
        return "s/^site.id=.*/site.id=" + SITE + "/; s/^site.number=.*/site.number=2/"
                + "; s/^kafka.bootstrap.servers=.*/kafka.bootstrap.servers=" + running.brokerOf(host) + "/"
                + "; s/^agent.host.id=.*/agent.host.id=" + host.name()
                + "/; s/^agent.host.roles=.*/agent.host.roles=storage/"
                + "; s/^#agent.host.pools=.*/agent.host.pools=" + Lab.VOLUME_GROUP + "/"
                + "; s/^#agent.host.portal=.*/agent.host.portal=" + host.address() + ":3260/";
    }

    /** Step 6: the command of the unit, by hand, until the agent says that it caught up. */
    private void record() throws IOException {
        within("systemctl", "stop", "archipelago-agent");
        within(TO_RECORD, "bash", "-ec", RECORD);
        within("test", "-s", CACHE);
        within("systemctl", "start", "archipelago-agent");
        awaitReady();
    }

    private void awaitReady() {
        await().atMost(TO_BE_READY)
                .ignoreExceptions()
                .until(() -> within("curl", "--silent", "--fail", "http://127.0.0.1:8085/q/health/ready")
                        .contains("UP"));
    }

    /** Recording takes longer than a host may be silent. */
    private void awaitHeardOf() {
        await().atMost(TO_BE_READY)
                .untilAsserted(() -> assertThat(running.known(ServiceKind.STORAGE, host)
                                .path("state")
                                .asText())
                        .isEqualTo("ALIVE"));
    }

    private static String file(String name) {
        return FILES.resolve(name).toString();
    }

    private String within(String... command) throws IOException {
        return within(LIMIT, command);
    }

    private String within(Duration limit, String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of("bash", "-ec", WITHIN, "within"));
        words.addAll(List.of(command));
        return host.output(limit, words.toArray(String[]::new)).strip();
    }
}

package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host that is prepared by the commands of docs/operators/hosts.md and docs/operators/hosts-agent.md, typed as they stand there, with a
 * systemd of its own. What a laboratory host has instead of a systemd is put aside for that time.
 */
final class PreparedHost {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path PAGES = ROOT.resolve("docs/operators");
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /** It is the machine's. */
    private static final String CLOCK = "chrony";

    private static final Duration TO_FETCH = Duration.ofMinutes(5);
    private static final Duration TO_WIPE = Duration.ofMinutes(5);
    private static final Duration TO_BE_READY = Duration.ofMinutes(3);
    private static final Duration TO_RECORD = Duration.ofMinutes(8);
    private static final String SYSTEMD = "systemd";

    /** It must be the first process of its namespace, and sees the host as it is. */
    private static final Program AS_FIRST = new Program(
            SYSTEMD,
            List.of(
                    "unshare",
                    "--pid",
                    "--mount",
                    // The network namespaces that are named in there are seen by the whole host.
                    "--propagation",
                    "unchanged",
                    "--fork",
                    "--kill-child",
                    "--mount-proc",
                    "/lib/systemd/systemd",
                    "--unit=basic.target"),
            Map.of("container", "lab"),
            "/");

    private static final String WITHIN = "cd " + ROOT
            + "; exec nsenter --target \"$(pgrep --oldest --full '^/lib/systemd/systemd')\" --pid --mount --root --wd=. \"$@\"";

    private static final Set<String> OF_THE_LAB_ALONE = Set.of("agent.state-directory", "quarkus.http.host");
    private static final String KEPT = "/var/lib/archipelago/";
    private static final String KEPT_BY_LAB = KEPT + "agent/";
    private static final String PROPERTIES = "/etc/archipelago/agent.properties";
    private static final String UNIT = "archipelago-agent";

    private static final Pattern AGENTS_OWN = Pattern.compile("AGENT_((?:HOST_)?(?:BOOT_)?)(.*)");

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

    PreparedHost(RunningLab running, LabHost host) {
        this.running = running;
        this.host = host;
    }

    /**
     * A host of the lab runs on the files of its machine and has no network: what was there already when the lab's packages came must be as new as they
     * are, or it would have to be fetched.
     */
    void renewPackages() throws IOException, InterruptedException {
        for (String command : Handbook.commands(PAGES.resolve("hosts.md"), host.role())) {
            if (command.startsWith("apt-get install ") && !command.endsWith(CLOCK)) {
                List<String> words = new ArrayList<>(List.of("env", "DEBIAN_FRONTEND=noninteractive"));
                words.addAll(List.of(command.split(" +")));
                Tools.run(TO_FETCH, words).orFail(command);
            }
        }
    }

    void prepare() throws IOException, InterruptedException {
        host.stop(Agents.AGENT);
        for (Program daemon : Agents.daemons(host.role())) {
            host.stop(daemon.name());
        }
        if (host.role() == Role.STORAGE) {
            host.output(LIMIT, "vgremove", "--yes", "--quiet", Lab.VOLUME_GROUP);
        }
        host.start(AS_FIRST);
        await().atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> within("systemctl is-system-running || true").matches("running|degraded"));
        // Java is there, in a place of its own.
        within("ln -sfn %s/bin/java /usr/bin/java".formatted(System.getProperty("java.home")));
        for (String command : Handbook.commands(PAGES.resolve("hosts.md"), host.role())) {
            if (!command.endsWith(CLOCK)) {
                within(TO_WIPE, command.replace("/dev/sdb", "/dev/ubda"));
            }
        }
        for (String command : Handbook.commands(PAGES.resolve("hosts-agent.md"), host.role())) {
            if (command.equals("systemctl daemon-reload")) {
                sayWhichHostThisIs();
                if (host.role() == Role.STORAGE) {
                    withoutUdev();
                }
            }
            within(command);
        }
        awaitReady();
        if (host.role() == Role.STORAGE) {
            record();
        }
    }

    /** Its name, and its roles' own; of the rest what the lab tells its hosts. Where state is kept, the unit says, and the agent answers its own host only. */
    private void sayWhichHostThisIs() throws IOException, InterruptedException {
        for (Map.Entry<String, String> variable :
                running.agents().environment(host).entrySet()) {
            String key = key(variable.getKey());
            if (!OF_THE_LAB_ALONE.contains(key)) {
                within("sed -i -e '/^#*%s=/d' -e '$a %s=%s' %s".formatted(key, key, variable.getValue(), PROPERTIES));
            }
        }
        // The sites know it since the lab's own agent spoke; another machine would be refused its name.
        within("cp -a %s%s %s".formatted(KEPT_BY_LAB, host.name(), KEPT));
    }

    /** What a variable of the environment is called in a file. */
    private static String key(String variable) {
        Matcher agent = AGENTS_OWN.matcher(variable);
        return agent.matches()
                ? "agent." + words(agent.group(1), ".") + words(agent.group(2), "-")
                : words(variable, ".");
    }

    private static String words(String variable, String between) {
        return variable.toLowerCase(Locale.ROOT).replace("_", between);
    }

    private void withoutUdev() throws IOException {
        within("mkdir -p /etc/systemd/system/archipelago-agent.service.d");
        within("cp deploy/systemd/without-udev.conf /etc/systemd/system/archipelago-agent.service.d");
    }

    /** The command of the unit, by hand, until the agent says that it caught up. */
    private void record() throws IOException {
        within("systemctl stop " + UNIT);
        within(TO_RECORD, RECORD);
        within("test -s " + CACHE);
        within("systemctl start " + UNIT);
        awaitReady();
    }

    private void awaitReady() {
        await().atMost(TO_BE_READY)
                .untilAsserted(() -> assertThat(
                                within("curl --silent http://127.0.0.1:8085/q/health/ready || journalctl --unit " + UNIT
                                        + " --lines 20"))
                        .contains("\"status\": \"UP\""));
    }

    /** Preparing takes longer than a host may be silent. */
    void awaitHeardOf() {
        await().atMost(TO_BE_READY).untilAsserted(() -> {
            JsonNode known = running.known(ServiceKind.PLACEMENT, host);
            assertThat(known.path("state").asText()).as(known.toString()).isEqualTo("ALIVE");
            assertThat(known.path("dead").asBoolean()).as(known.toString()).isFalse();
        });
    }

    /** As the unit started it, and the first one. */
    void assertServes() throws IOException {
        assertThat(within("systemctl is-active " + UNIT)).isEqualTo("active");
        assertThat(within("systemctl show --property NRestarts --value " + UNIT))
                .isEqualTo("0");
    }

    /** A host of the lab again; its power takes away what it has loaded and made below the root. */
    void giveBack() throws IOException, InterruptedException {
        host.stop(SYSTEMD);
        host.cutPower();
        host.powerOn();
        if (host.run(LIMIT, "test", "-d", KEPT + host.name()).code() == 0) {
            host.output(LIMIT, "rm", "-rf", KEPT_BY_LAB + host.name());
            host.output(LIMIT, "mv", KEPT + host.name(), KEPT_BY_LAB);
        }
        running.agents().start(host);
        Foreign.plant(host);
    }

    private String within(String command) throws IOException {
        return within(LIMIT, command);
    }

    private String within(Duration limit, String command) throws IOException {
        return host.output(limit, "bash", "-ec", WITHIN, "within", "bash", "-ec", command)
                .strip();
    }
}

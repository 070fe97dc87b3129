package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.time.Duration;
import java.time.Instant;

/** A compute host with a machine of a cluster, and what has to become of both when it is not heard of any more. */
final class LostHost {

    private static final Duration TO_RECOVER = Duration.ofMinutes(4);
    private static final Duration TO_NOTICE = Duration.ofSeconds(60);
    private static final Duration TO_FENCE = Duration.ofMinutes(3);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SITE = "osaka";

    private final RunningLab running;
    private final Cluster cluster;
    private final JsonNode machine;
    private final LabHost host;
    private final LabHost storage;

    LostHost(RunningLab running, Cluster cluster) throws Exception {
        this.running = running;
        this.cluster = cluster;
        this.machine = cluster.machine(SITE);
        this.host = running.lab().host(machine.path("host").asText());
        this.storage = running.lab().host(SITE + "-s1");
    }

    LabHost host() {
        return host;
    }

    /** The machine that it has, or had. */
    JsonNode machine() {
        return machine;
    }

    /**
     * It is noticed within a minute, and found lost; nothing is exported to it any more before another machine, under a new name, takes the place of the one
     * that it had.
     */
    void awaitReplacement(Instant since) throws Exception {
        assertThat(isExportedTo()).isTrue();
        await().atMost(TO_NOTICE).untilAsserted(() -> assertThat(state()).isNotEqualTo("ALIVE"));
        System.out.println("a lost host was noticed after "
                + Duration.between(since, Instant.now()).toSeconds() + " s");
        await().atMost(TO_FENCE)
                .untilAsserted(
                        () -> assertThat(cluster.machine(SITE).path("name")).isNotEqualTo(machine.path("name")));
        assertThat(isExportedTo())
                .as("whether a volume is exported to " + host.name())
                .isFalse();
        assertThat(state()).isEqualTo("LOST");
        assertThat(known().path("dead").asBoolean()).isTrue();
    }

    void awaitReplacementRuns(Instant since) throws Exception {
        cluster.awaitState("ACTIVE", TO_RECOVER);
        cluster.awaitWell();
        assertThat(cluster.machine(SITE).path("host").asText()).isNotEqualTo(host.name());
        System.out.println("another machine was up "
                + Duration.between(since, Instant.now()).toSeconds() + " s after a host was lost");
    }

    /** Once it is heard of again, nothing of the cluster is left on it, and the cluster goes on. */
    void awaitBack() throws Exception {
        await().atMost(TO_RECOVER)
                .untilAsserted(
                        () -> assertThat(known().path("dead").asBoolean()).isFalse());
        assertThat(host.output(LIMIT, "virsh", "list", "--all", "--name").strip())
                .as("domains of " + host.name())
                .isEqualTo(Foreign.DOMAIN_NAME);
        assertThat(host.run(LIMIT, "iscsiadm", "-m", "session").out())
                .as("sessions of " + host.name())
                .isBlank();
        assertThat(host.output(LIMIT, "ip", "-details", "link", "show"))
                .as("interfaces of " + host.name())
                .contains(Foreign.BRIDGE)
                .doesNotContain(cluster.id());
        cluster.awaitState("ACTIVE", TO_RECOVER);
    }

    private boolean isExportedTo() throws Exception {
        return storage.output(
                        LIMIT,
                        "find",
                        "/sys/kernel/config/target/iscsi",
                        "-path",
                        "*/acls/*",
                        "-name",
                        "*:" + host.name())
                .lines()
                .findAny()
                .isPresent();
    }

    private String state() throws Exception {
        return known().path("state").asText();
    }

    private JsonNode known() throws Exception {
        return running.known(ServiceKind.PLACEMENT, host);
    }
}

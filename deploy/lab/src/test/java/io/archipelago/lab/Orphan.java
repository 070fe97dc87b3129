package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.archipelago.local.ServiceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** A volume that is ours by its mark, and that nobody knows of: it is told of, and stays until an operator has it removed. */
final class Orphan implements Scenario {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration TO_BE_TOLD = Duration.ofSeconds(60);
    private static final Duration TO_GO = Duration.ofMinutes(4);
    private static final Duration LONGER_THAN_A_STEP = Duration.ofSeconds(6);
    private static final String SITE = "tokyo";

    private final RunningLab running;

    Orphan(RunningLab running) {
        this.running = running;
    }

    @Override
    public void play() throws Exception {
        LabHost host = running.lab().host(SITE + "-s1");
        String id = UUID.randomUUID() + "." + SITE + ".vcompute-1-1";
        host.output(
                LIMIT,
                "lvcreate",
                "-qq",
                "--yes",
                "--size",
                "8M",
                "--addtag",
                "archipelago:" + id,
                "--name",
                id,
                "vg0");

        try {
            isToldOfAndStays(host, id);
        } finally {
            host.run(LIMIT, "lvremove", "-qq", "--yes", "vg0/" + id);
        }
    }

    private void isToldOfAndStays(LabHost host, String id) throws Exception {
        await().atMost(TO_BE_TOLD).untilAsserted(() -> assertThat(wanted(id)).isEqualTo("UNKNOWN"));
        Instant told = Instant.now();
        await().atMost(TO_BE_TOLD)
                .until(() -> Instant.parse(running.known(ServiceKind.STORAGE, host)
                                .path("heardAt")
                                .asText())
                        .isAfter(told.plus(LONGER_THAN_A_STEP)));
        assertThat(volumes(host)).contains(id);

        running.desk(RunningLab.OPERATOR)
                .post(
                        SITE,
                        ServiceKind.STORAGE,
                        "/api/v1/hosts/" + host.name() + "/strangers/volume/" + id + "/removal");
        await().atMost(TO_GO).untilAsserted(() -> assertThat(volumes(host)).doesNotContain(id));
        await().atMost(TO_BE_TOLD).untilAsserted(() -> assertThat(wanted(id)).isEmpty());
    }

    /** What storage's records say of it, as {@code drift} shows; empty when it is not shown. */
    private String wanted(String id) throws Exception {
        for (JsonNode difference : running.desk(RunningLab.OPERATOR).get(SITE, ServiceKind.STORAGE, "/api/v1/drift")) {
            if (difference.path("key").asText().endsWith(id)) {
                return difference.path("wanted").asText();
            }
        }
        return "";
    }

    private static String volumes(LabHost host) throws Exception {
        return host.output(LIMIT, "lvs", "--noheadings", "--options", "lv_name");
    }
}

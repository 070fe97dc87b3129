package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;

/** The WAN is cut for a minute. */
final class WanCut implements Mishap {

    private static final Duration CUT = Duration.ofSeconds(60);
    private static final Duration TO_NOTICE = Duration.ofSeconds(60);
    private static final Duration TO_RECOVER = Duration.ofMinutes(3);

    private final RunningLab running;

    WanCut(RunningLab running) {
        this.running = running;
    }

    @Override
    public void befall(Cluster cluster) throws Exception {
        running.lab().wan().cut();
        Instant mendAt = Instant.now().plus(CUT);
        try {
            cluster.awaitState("DEGRADED", TO_NOTICE);
            assertThat(cluster.seen().path("problems").toString()).contains("link");
            await().atMost(CUT.multipliedBy(2)).until(() -> Instant.now().isAfter(mendAt));
        } finally {
            running.lab().wan().mend();
        }

        cluster.awaitState("ACTIVE", TO_RECOVER);
    }
}

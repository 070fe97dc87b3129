package io.archipelago.participant.app;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Topics;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Whether we have taken everything that a host has said: only then does its silence say anything about it. */
@ApplicationScoped
public class Listening {

    private static final int ANSWER_MILLIS = 3_000;

    private final String group;
    private final Map<String, Object> kafka;
    private @Nullable Admin admin;

    Listening(
            @ConfigProperty(name = "mp.messaging.incoming.observed.group.id") String group,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.group = group;
        this.kafka = kafka;
    }

    /** Never fails: where the broker does not answer, we do not listen. */
    public Uni<Boolean> to(HostId host) {
        TopicPartition topic = new TopicPartition(Topics.observed(host), 0);
        Context caller = Vertx.currentContext();
        return Uni.createFrom()
                .completionStage(() -> upToDate(topic))
                .onFailure()
                .recoverWithItem(false)
                .emitOn(work -> {
                    if (caller == null) {
                        work.run();
                    } else {
                        caller.runOnContext(ignored -> work.run());
                    }
                });
    }

    private CompletionStage<Boolean> upToDate(TopicPartition topic) {
        return admin().listOffsets(Map.of(topic, OffsetSpec.latest()))
                .partitionResult(topic)
                .toCompletionStage()
                .thenCombine(
                        admin().listConsumerGroupOffsets(group)
                                .partitionsToOffsetAndMetadata()
                                .toCompletionStage(),
                        (end, taken) -> end.offset() == offset(taken.get(topic)));
    }

    private static long offset(@Nullable OffsetAndMetadata taken) {
        return taken == null ? 0 : taken.offset();
    }

    private synchronized Admin admin() {
        Admin open = admin;
        if (open == null) {
            Map<String, Object> settings = new HashMap<>(kafka);
            settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
            settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
            open = Admin.create(settings);
            admin = open;
        }
        return open;
    }

    synchronized void stop(@Observes ShutdownEvent event) {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}

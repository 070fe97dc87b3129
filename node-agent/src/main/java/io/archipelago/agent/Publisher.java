package io.archipelago.agent;

import io.archipelago.agent.host.Report;
import io.archipelago.contracts.Envelope;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.Uuid7;
import io.archipelago.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes what agents report, in the order of each host, through one idempotent producer. */
final class Publisher implements AutoCloseable {

    private static final RecordHeader CONTENT_TYPE =
            new RecordHeader("content-type", Wire.CONTENT_TYPE.getBytes(StandardCharsets.UTF_8));

    private final SiteId site;
    private final Clock clock;
    private final Producer<String, String> producer;
    private final ClockOffset clockOffset = new ClockOffset();

    Publisher(AgentProcess.Home home, Clock clock) {
        this.site = home.id();
        this.clock = clock;
        // It must neither hold up an agent nor keep much in memory while the broker is away: everything is repeated.
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, home.bootstrapServers(),
                        ProducerConfig.CLIENT_ID_CONFIG, "agent-" + home.id(),
                        ProducerConfig.ACKS_CONFIG, "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true",
                        ProducerConfig.MAX_BLOCK_MS_CONFIG, "500",
                        ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(4 << 20),
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000",
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "15000",
                        ProducerConfig.LINGER_MS_CONFIG, "2"),
                new StringSerializer(),
                new StringSerializer());
    }

    /** Sends; {@code onLoss} is called if the broker did not take it. */
    void publish(HostId host, Report report, String correlationId, Runnable onLoss) {
        Instant now = clock.instant();
        String value = switch (report) {
            case Report.Forgotten gone -> null;
            case Report.Said said ->
                Wire.write(new Envelope(
                        Uuid7.next(now, ThreadLocalRandom.current()),
                        "/" + site + "/agent/" + host,
                        said.key(),
                        now,
                        correlationId,
                        null,
                        said.message()));
        };
        ProducerRecord<String, String> message =
                new ProducerRecord<>(Topics.observed(host), null, now.toEpochMilli(), report.key(), value);
        message.headers().add(CONTENT_TYPE);
        try {
            var unused = producer.send(message, (metadata, failure) -> {
                if (failure == null) {
                    clockOffset.note(now, Instant.ofEpochMilli(metadata.timestamp()), clock.instant());
                } else {
                    onLoss.run();
                }
            });
        } catch (KafkaException e) {
            onLoss.run();
        }
    }

    ClockOffset clockOffset() {
        return clockOffset;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}

package io.archipelago.contracts;

import io.archipelago.contracts.federation.StreamPosition;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message with the CloudEvents 1.0 attributes that we use. The id is fixed when the sender's transaction writes the message and is
 * the same however often it is delivered.
 *
 * @param id a version 7 UUID, unique per message
 * @param source who sent it: {@code /<site>/<service>}
 * @param subject the key: messages of one subject on one topic arrive in order
 * @param time when the sender's transaction wrote it, by the sender's database clock
 * @param correlationId the id that all messages caused by one request share
 * @param stream the message's place in what one site says to another; null within a site
 * @param message what is said
 */
public record Envelope(
        UUID id,
        String source,
        String subject,
        Instant time,
        String correlationId,
        @Nullable StreamPosition stream,
        Message message) {}

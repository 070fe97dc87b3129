package io.archipelago.reservation.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.archipelago.bus.Rejection;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.TenantId;
import io.archipelago.reservation.ReservationConfig;
import io.archipelago.reservation.domain.Reservation;
import io.archipelago.reservation.persistence.ReservationStore;
import io.archipelago.wire.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers a request that is made again under the key of an earlier one with what that became. */
@ApplicationScoped
class IdempotencyKeys {

    private static final int LONGEST = 128;

    private final ReservationStore store;
    private final ReservationConfig config;

    IdempotencyKeys(ReservationStore store, ReservationConfig config) {
        this.store = store;
        this.config = config;
    }

    /**
     * What a request becomes, or became.
     *
     * @param key of the request; null: it is not made again
     * @param first what is done the first time
     * @throws Rejection INVALID_REQUEST if the key is none, IDEMPOTENCY_KEY_REUSED if it was used with another body
     */
    Uni<Reservation> once(
            Tx tx, TenantId tenant, @Nullable String key, JsonNode body, Supplier<Uni<Reservation>> first) {
        if (key == null) {
            return first.get();
        }
        if (key.isBlank() || key.length() > LONGEST) {
            throw Rejection.invalid("Idempotency-Key", "1 to " + LONGEST + " characters");
        }
        String hash = hash(body);
        return store.byKey(tx, tenant, key, config.rememberKeys())
                .chain(earlier -> earlier.isPresent()
                        ? repeat(tx, earlier.get(), hash)
                        : first.get()
                                .call(made ->
                                        store.rememberKey(tx, tenant, key, hash, made.id(), config.rememberKeys())));
    }

    private Uni<Reservation> repeat(Tx tx, ReservationStore.Earlier earlier, String hash) {
        if (!earlier.bodyHash().equals(hash)) {
            throw new Rejection(
                    ErrorCode.IDEMPOTENCY_KEY_REUSED,
                    "this Idempotency-Key was used for another request within the last "
                            + config.rememberKeys().toHours() + " hours; use a new one");
        }
        return store.find(tx, earlier.reservation())
                .map(found -> found.orElseThrow(() -> Rejection.notFound("reservation"))
                        .reservation());
    }

    /** Of the body's content, whatever the order of its fields. */
    private static String hash(JsonNode body) {
        try {
            Object plain = Json.mapper().treeToValue(body, Map.class);
            byte[] sorted = Json.mapper()
                    .writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .writeValueAsString(plain)
                    .getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(sorted));
        } catch (JsonProcessingException e) {
            throw Rejection.invalid(Rejection.BODY, "a JSON object");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

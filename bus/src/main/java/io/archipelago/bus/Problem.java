package io.archipelago.bus;

import io.archipelago.bus.Rejection.FieldError;
import io.archipelago.contracts.ErrorCode;
import java.util.List;

/**
 * The body of every error answer, {@code application/problem+json} (RFC 9457).
 *
 * @param type {@code /problems/<code>}
 * @param title the code in words, the same for every problem of this type
 * @param status the HTTP status
 * @param detail what is wrong with this request
 * @param instance the path that was asked for
 * @param code the stable name of {@link ErrorCode}
 * @param correlationId names the request in logs and messages
 * @param errors the fields at fault; may be empty
 */
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String instance,
        String code,
        String correlationId,
        List<FieldError> errors) {

    static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(
            ErrorCode code, int status, String detail, String instance, String correlationId, List<FieldError> errors) {
        String name = code.wireName();
        String title = Character.toUpperCase(name.charAt(0)) + name.substring(1).replace('-', ' ');
        return new Problem("/problems/" + name, title, status, detail, instance, name, correlationId, errors);
    }

    static int status(ErrorCode code) {
        return switch (code) {
            case INVALID_REQUEST -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN, LIMIT_EXCEEDED -> 403;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case IDEMPOTENCY_KEY_REUSED, UNSUPPORTED -> 422;
            case OFFER_GONE -> 410;
            case STALE -> 412;
            case TOO_MANY_CONNECTIONS -> 429;
            // Refused for want of capacity is a state of the thing asked for; as an answer to a call it is a conflict
            // with others.
            case NO_CAPACITY, HOLD_EXPIRED, NO_ANSWER, WAITING -> 409;
            case RESOURCE_FAILED, SHARE_LOST, INTERNAL -> 500;
        };
    }
}

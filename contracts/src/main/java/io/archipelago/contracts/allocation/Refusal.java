package io.archipelago.contracts.allocation;

import io.archipelago.contracts.ErrorCode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why something does not fit, without telling whose booking stands in the way.
 *
 * @param code the kind of refusal
 * @param resource what is short, in the words of the tenant: {@code cpus}, {@code memory}, {@code vlan}, {@code link port},
 *     {@code volume space}, {@code cache space}, {@code machines}
 * @param detail a sentence for the tenant
 * @param holdsOnlyUntil if only holds stand in the way: when the last of them runs out; else null
 * @param earliestStart the earliest start at which the same request would fit here by today's bookings; null if unknown
 */
public record Refusal(
        ErrorCode code,
        String resource,
        String detail,
        @Nullable Instant holdsOnlyUntil,
        @Nullable Instant earliestStart) {

    public static Refusal of(ErrorCode code, String resource, String detail) {
        return new Refusal(code, resource, detail, null, null);
    }

    public Refusal withEarliestStart(@Nullable Instant start) {
        return new Refusal(code, resource, detail, holdsOnlyUntil, start);
    }
}

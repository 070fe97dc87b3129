package io.archipelago.contracts.allocation;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.TimeWindow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why something does not fit, without telling whose booking stands in the way.
 *
 * @param code the kind of refusal
 * @param resource what is short, in the words of the tenant: {@code cpus}, {@code memory}, {@code vlan}, {@code link port},
 *     {@code bandwidth}, {@code volume space}, {@code cache space}, {@code machines}
 * @param detail a sentence for the tenant
 * @param holdsOnlyUntil if only holds stand in the way: when the last of them runs out; else null
 * @param earliestStart the earliest start at which the same request would fit here by today's bookings; null if unknown
 * @param machines how many compute machines would fit here throughout the window, beside the frontend if that is asked for: from 0 to one less
 *     than were asked for; null if fewer of them would not help, or if nobody knows
 * @param latestEnd if a lease can not last as long as is asked: the latest end, after the one that it has, at which it would fit; else null
 * @param missing how much is missing, and when; null if nobody knows
 */
public record Refusal(
        ErrorCode code,
        String resource,
        String detail,
        @Nullable Instant holdsOnlyUntil,
        @Nullable Instant earliestStart,
        @Nullable Integer machines,
        @Nullable Instant latestEnd,
        @Nullable Missing missing) {

    /**
     * What is missing.
     *
     * @param amount as the resource is counted: machines, bytes, bits per second, or ids; more than 0
     * @param during when, within what was asked for: a cluster that ends at its start would fit, and one that starts at its end; null if that is not one
     *     span, or if nobody knows
     */
    public record Missing(long amount, @Nullable TimeWindow during) {}

    /** Of what nobody knows how much is missing. */
    public Refusal(
            ErrorCode code,
            String resource,
            String detail,
            @Nullable Instant holdsOnlyUntil,
            @Nullable Instant earliestStart,
            @Nullable Integer machines,
            @Nullable Instant latestEnd) {
        this(code, resource, detail, holdsOnlyUntil, earliestStart, machines, latestEnd, null);
    }

    /** Of what has nothing to do with when a lease ends. */
    public Refusal(
            ErrorCode code,
            String resource,
            String detail,
            @Nullable Instant holdsOnlyUntil,
            @Nullable Instant earliestStart,
            @Nullable Integer machines) {
        this(code, resource, detail, holdsOnlyUntil, earliestStart, machines, null);
    }

    /** Of what fewer machines would not help. */
    public Refusal(
            ErrorCode code,
            String resource,
            String detail,
            @Nullable Instant holdsOnlyUntil,
            @Nullable Instant earliestStart) {
        this(code, resource, detail, holdsOnlyUntil, earliestStart, null);
    }

    public static Refusal of(ErrorCode code, String resource, String detail) {
        return new Refusal(code, resource, detail, null, null);
    }

    public Refusal withHoldsOnlyUntil(Instant until) {
        return new Refusal(code, resource, detail, until, earliestStart, machines, latestEnd, missing);
    }

    public Refusal withEarliestStart(@Nullable Instant start) {
        return new Refusal(code, resource, detail, holdsOnlyUntil, start, machines, latestEnd, missing);
    }

    /** The same, with how much is missing, and when. */
    public Refusal missing(long amount, @Nullable TimeWindow during) {
        return new Refusal(
                code,
                resource,
                detail,
                holdsOnlyUntil,
                earliestStart,
                machines,
                latestEnd,
                new Missing(amount, during));
    }
}

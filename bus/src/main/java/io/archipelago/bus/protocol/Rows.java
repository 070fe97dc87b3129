package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Amounts;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.protocol.ParticipantLogic.Claim;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.contracts.Ids.AllocationId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.Facts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows that book what an allocation claims: one for each pool, and for each unit of it. */
final class Rows {

    private record Place(String pool, @Nullable Integer unit) {}

    private final ParticipantLogic logic;

    Rows(ParticipantLogic logic) {
        this.logic = logic;
    }

    /**
     * What is claimed for what was chosen.
     *
     * @param facts with the choice
     * @param heldUntil when the hold runs out; null: it does not
     */
    List<Booking> of(Request request, Facts.OfSite facts, @Nullable Instant heldUntil) {
        return rows(
                request.allocation(),
                logic.claims(request.allocation(), request.spec(), facts).stream(),
                request.booked(),
                heldUntil);
    }

    /** What a lease has, what it is to have more, and what is still there of resources that it no longer wants. */
    List<Booking> of(Part.Leased part, List<Resource> resources) {
        Lease lease = part.lease();
        AllocationId id = lease.allocation();
        if (part.extension() instanceof Part.Extension.Granted more) {
            List<Claim> claims = logic.claims(id, more.spec(), lease.facts().with(more.chosen()));
            TimeWindow during = lease.bookedFor(more.spec().window());
            return rows(id, Stream.concat(claims.stream(), leftovers(lease, resources)), during, null);
        }
        List<Claim> claims = logic.claims(id, lease.spec(), lease.facts());
        return rows(id, Stream.concat(claims.stream(), leftovers(lease, resources)), lease.booked(), null);
    }

    /** What is still there of resources that a lease no longer wants. */
    List<Booking> ofLeftovers(Lease lease, List<Resource> resources) {
        return rows(lease.allocation(), leftovers(lease, resources), lease.booked(), null);
    }

    /** Whether some rows of an allocation book no more than others, and for no longer. */
    static boolean within(List<Booking> rows, List<Booking> others) {
        Map<Place, Amounts> there = sums(others);
        Set<TimeWindow> times = times(rows);
        return times(others).stream().allMatch(other -> times.stream().allMatch(other::covers))
                && sums(rows).entrySet().stream().allMatch(row -> {
                    Amounts amounts = there.get(row.getKey());
                    return amounts != null && row.getValue().fitsIn(amounts);
                });
    }

    private static Set<TimeWindow> times(List<Booking> rows) {
        return rows.stream().map(Booking::during).collect(Collectors.toSet());
    }

    private static Map<Place, Amounts> sums(List<Booking> rows) {
        Map<Place, Amounts> sums = new LinkedHashMap<>();
        rows.forEach(row -> sums.merge(new Place(row.pool(), row.unit()), row.amounts(), Amounts::plus));
        return sums;
    }

    /** Nothing counts as gone that was not seen to be, not even on a dead host: what is gone once stays gone, so rows only become fewer. */
    private Stream<Claim> leftovers(Lease lease, List<Resource> resources) {
        Predicate<Resource> wanted = logic.wanted(lease);
        return resources.stream().filter(r -> !r.cleared() && !wanted.test(r)).flatMap(r -> logic.claims(r).stream());
    }

    private static List<Booking> rows(
            AllocationId allocation, Stream<Claim> claims, TimeWindow during, @Nullable Instant heldUntil) {
        Map<Place, Amounts> sums = new LinkedHashMap<>();
        claims.forEach(c -> sums.merge(new Place(c.pool(), c.unit()), c.amounts(), Amounts::plus));
        return sums.entrySet().stream()
                .map(e -> new Booking(
                        allocation,
                        e.getKey().pool(),
                        e.getKey().unit(),
                        Objects.requireNonNull(e.getValue()),
                        during,
                        heldUntil))
                .toList();
    }
}

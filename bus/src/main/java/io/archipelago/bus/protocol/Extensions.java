package io.archipelago.bus.protocol;

import io.archipelago.bus.booking.Bisection;
import io.archipelago.bus.booking.Booking;
import io.archipelago.bus.booking.Calendar;
import io.archipelago.bus.booking.Pool;
import io.archipelago.bus.protocol.ParticipantLogic.Choice;
import io.archipelago.bus.protocol.ParticipantLogic.Chosen;
import io.archipelago.bus.protocol.ParticipantLogic.DoesNotFit;
import io.archipelago.bus.protocol.ParticipantLogic.Request;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether a lease can have more than it has: more machines, which its participant chooses a place for, and more time, for which all that it has must stay
 * where it is.
 */
final class Extensions {

    private final ParticipantLogic logic;
    private final Rows rows;

    Extensions(ParticipantLogic logic, Rows rows) {
        this.logic = logic;
        this.rows = rows;
    }

    /** Whether a specification names all machines of a lease and all of its time. */
    static boolean covers(AllocationSpec spec, Lease lease) {
        return spec.ordinals().containsAll(lease.spec().ordinals())
                && spec.window().covers(lease.spec().window());
    }

    /** Chooses what to book for a lease that is to be like a specification that covers it. */
    Choice choose(AllocationSpec spec, Part.Leased part, PartView view) {
        Lease lease = part.lease();
        TimeWindow booked = lease.bookedFor(spec.window());
        Calendar others = view.calendar().without(lease.allocation());
        Calendar occupied = others.with(rows.ofLeftovers(lease, view.resources()));
        Choice choice = logic.extend(request(spec, lease, booked), lease, occupied);
        if (booked.equals(lease.booked())) {
            // What the lease has is its own already: its host may have less by now than it had.
            return choice instanceof DoesNotFit no ? new DoesNotFit(atNoTime(no.refusal())) : choice;
        }
        if (choice instanceof Chosen chosen
                && longer(spec, part, chosen, view, others).fits(booked, others)) {
            return chosen;
        }
        return switch (logic.extend(request(spec, lease, lease.booked()), lease, occupied)) {
            case DoesNotFit no -> new DoesNotFit(atNoTime(no.refusal()));
            case Chosen chosen ->
                new DoesNotFit(longer(spec, part, chosen, view, others)
                        .refusal(logic.name().resource()));
        };
    }

    /** A lease goes on when it goes on: when else it would fit is nothing to it. */
    private static Refusal atNoTime(Refusal refusal) {
        Refusal.Missing missing = refusal.missing();
        Refusal untimed = refusal.withEarliestStart(null);
        return missing == null ? untimed : untimed.missing(missing.amount(), null);
    }

    private static Request request(AllocationSpec spec, Lease lease, TimeWindow booked) {
        return new Request(lease.allocation(), spec, lease.facts(), booked);
    }

    /** With what it no longer wants and is still there: that stays where it is as well. */
    private Longer longer(AllocationSpec spec, Part.Leased part, Chosen chosen, PartView view, Calendar others) {
        Part.Leased granted = part.extended(part.sequence(), new Part.Extension.Granted(spec, chosen.chosen()));
        return new Longer(spec.window(), part.lease(), rows.of(granted, view.resources()), others);
    }

    /**
     * A lease that is to last longer with all that it has where it is.
     *
     * @param window what it is to last
     * @param lease as it is
     * @param wanted what it would book
     * @param others what is booked by others
     */
    private record Longer(TimeWindow window, Lease lease, List<Booking> wanted, Calendar others) {

        boolean fits(TimeWindow booked, Calendar beside) {
            return wanted.stream()
                    .allMatch(row -> beside.pool(row.pool()).filter(Pool::open).isPresent()
                            && beside.availability().hasRoom(row, booked));
        }

        Refusal refusal(String resource) {
            TimeWindow booked = lease.bookedFor(window);
            boolean onlyHolds = fits(booked, others.withoutHolds());
            Instant latestEnd = latestEnd();
            return new Refusal(
                    ErrorCode.NO_CAPACITY,
                    resource,
                    "what the cluster has here can not be had throughout the time that is asked for beyond its window"
                            + (latestEnd == null ? "" : "; until " + latestEnd + " it can"),
                    onlyHolds ? others.lastHoldOver(booked).orElse(null) : null,
                    earliestStart(),
                    null,
                    latestEnd);
        }

        /** Null if it can not end later at all. */
        private @Nullable Instant latestEnd() {
            TimeWindow now = lease.booked();
            Instant end = lease.spec().window().end();
            long most = most(Duration.between(end, window.end()), seconds -> {
                return fits(new TimeWindow(now.start(), now.end().plusSeconds(seconds)), others);
            });
            return most == 0 ? null : end.plusSeconds(most);
        }

        /** Null if it can not start earlier at all. */
        private @Nullable Instant earliestStart() {
            TimeWindow now = lease.booked();
            Instant start = lease.spec().window().start();
            long most = most(Duration.between(window.start(), start), seconds -> {
                return fits(new TimeWindow(now.start().minusSeconds(seconds), now.end()), others);
            });
            return most == 0 ? null : start.minusSeconds(most);
        }
    }

    /**
     * By how many whole seconds a lease can be longer.
     *
     * @param atMost by which it need not be longer
     * @param fits whether it can be longer by so many seconds; by fewer then as well
     */
    private static long most(Duration atMost, LongPredicate fits) {
        return Bisection.greatest(0, atMost.toSeconds() + 1, fits);
    }
}

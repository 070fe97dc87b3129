package io.archipelago.reservation.domain;

import io.archipelago.contracts.Ids.ReservationId;
import io.archipelago.contracts.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the reservations of a tenant may be together, whenever they are.
 *
 * @param machines at any instant, frontends among them
 * @param machineHours in any calendar month, UTC
 * @param volumeBytes at any instant
 * @param reservations that are not over
 * @param ahead from now to the start of any
 */
public record Quota(int machines, long machineHours, long volumeBytes, int reservations, Duration ahead) {

    private static final long SECONDS_OF_AN_HOUR = 3600;

    /**
     * What a reservation counts for, or what it counted for until it became another.
     *
     * @param reservation which
     * @param offerTo the reservation that was refused, if it is a counter-offer: the offers to one count as the one that counts most
     * @param during when
     * @param machines how many
     * @param volumeBytes their disks
     * @param open whether it is not over; what is over, or is otherwise by now, counts in the month in which it was
     * @param asked whether it is asked to be otherwise, and counts as much as it is or will be until that is answered
     */
    public record Use(
            ReservationId reservation,
            @Nullable ReservationId offerTo,
            TimeWindow during,
            int machines,
            long volumeBytes,
            boolean open,
            boolean asked) {

        /** What a reservation counts for that is not over. */
        public static Use of(Details details) {
            Request request = details.request();
            return new Use(
                    details.id(),
                    details.offerTo(),
                    request.window(),
                    request.frontend().count() + request.compute().count(),
                    request.frontend().count() * request.frontend().diskBytes()
                            + request.compute().count() * request.compute().diskBytes(),
                    true,
                    false);
        }

        /** The same while it is to become otherwise: as much as it is or will be. */
        public static Use of(Reservation reservation) {
            Use now = of(reservation.details());
            return reservation instanceof Clustered cluster && cluster.change() instanceof Change.Asked asked
                    ? now.covering(of(reservation.details().with(asked.wanted())))
                            .asking()
                    : now;
        }

        private Use covering(Use other) {
            return new Use(
                    reservation,
                    offerTo,
                    during.hull(other.during),
                    Math.max(machines, other.machines),
                    Math.max(volumeBytes, other.volumeBytes),
                    open,
                    false);
        }

        private Use asking() {
            return new Use(reservation, offerTo, during, machines, volumeBytes, open, true);
        }

        /** Whether it counts for nothing that another does not. */
        public boolean isWithin(Use other) {
            return other.covering(this).equals(other.covering(other));
        }

        /** The same at another time. */
        Use during(TimeWindow other, boolean isOpen) {
            return new Use(reservation, offerTo, other, machines, volumeBytes, isOpen, isOpen && asked);
        }

        private ReservationId group() {
            return offerTo == null ? reservation : offerTo;
        }

        private long machineSeconds(TimeWindow month) {
            return during.overlaps(month)
                    ? machines
                            * Duration.between(later(during.start(), month.start()), earlier(during.end(), month.end()))
                                    .toSeconds()
                    : 0;
        }
    }

    /**
     * What is too much.
     *
     * @param field of the request, where it could be less
     * @param detail a sentence for the tenant
     */
    public record Excess(String field, String detail) {}

    /**
     * What a tenant has.
     *
     * @param machines most of them at any instant that is still to come
     * @param machineHours of this calendar month, UTC, and of each up to the last in which there is something
     * @param volumeBytes most of them at any instant that is still to come
     * @param reservations that are not over
     */
    public record Used(long machines, SortedMap<YearMonth, Long> machineHours, long volumeBytes, int reservations) {}

    /**
     * Whether it would be too much if a reservation became another.
     *
     * @param all what the tenant has, and had in the months of what is wanted; this one's among it
     * @param wanted what it would be from now on
     */
    public Optional<Excess> excess(Collection<Use> all, Use wanted, Instant now) {
        if (isLater(all, wanted) && wanted.during().start().isAfter(now.plus(ahead))) {
            return Optional.of(new Excess(
                    "window.start",
                    "your tenant may ask for what starts at most %s from now, before %s: ask for an earlier start, or ask later"
                            .formatted(ahead, now.plus(ahead))));
        }
        List<Use> own = new ArrayList<>();
        List<Use> others = new ArrayList<>();
        all.forEach(use -> (use.reservation().equals(wanted.reservation()) ? own : others).add(use));
        List<Use> then = UseOverTime.becoming(own, wanted, now);
        others.addAll(then.subList(0, then.size() - 1));
        return excess(others, then.getLast());
    }

    /**
     * Whether one more would be too much.
     *
     * @param others what else the tenant has, and had in the months of what is wanted
     */
    public Optional<Excess> excess(Collection<Use> others, Use wanted) {
        return Stream.of(
                        tooMany(others, wanted),
                        atATime("machines.compute.count", "machines", machines, others, wanted, Use::machines),
                        atATime(
                                "machines.compute.disk",
                                "bytes of volumes",
                                volumeBytes,
                                others,
                                wanted,
                                Use::volumeBytes),
                        inAMonth(others, wanted))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Whether it is to start later than it did, or is new. */
    private static boolean isLater(Collection<Use> all, Use wanted) {
        return all.stream()
                .filter(use -> use.open() && use.reservation().equals(wanted.reservation()))
                .allMatch(use -> use.during().start().isBefore(wanted.during().start()));
    }

    private Optional<Excess> tooMany(Collection<Use> others, Use wanted) {
        long open = Stream.concat(others.stream(), Stream.of(wanted))
                .filter(Use::open)
                .map(Use::group)
                .distinct()
                .count();
        return open <= reservations
                ? Optional.empty()
                : Optional.of(
                        new Excess(
                                "",
                                "your tenant may have " + reservations
                                        + " reservations that are not over, and has as many: give one up, or wait until one ends"));
    }

    /** What a tenant has of it from an instant on. */
    public static Used used(Collection<Use> uses, Instant now) {
        SortedMap<YearMonth, Long> machineHours = new TreeMap<>();
        Instant last = uses.stream()
                .map(use -> use.during().end())
                .max(Instant::compareTo)
                .orElse(now);
        for (YearMonth month = YearMonth.from(now.atOffset(ZoneOffset.UTC));
                window(month).start().isBefore(last) || machineHours.isEmpty();
                month = month.plusMonths(1)) {
            TimeWindow all = window(month);
            machineHours.put(
                    month, Math.ceilDiv(sum(uses.stream(), use -> use.machineSeconds(all)), SECONDS_OF_AN_HOUR));
        }
        return new Used(most(uses, now, Use::machines), machineHours, most(uses, now, Use::volumeBytes), (int)
                uses.stream().filter(Use::open).map(Use::group).distinct().count());
    }

    private static long most(Collection<Use> uses, Instant from, ToLongFunction<Use> amount) {
        return Stream.concat(
                        Stream.of(from), uses.stream().map(use -> use.during().start()))
                .filter(instant -> !instant.isBefore(from))
                .mapToLong(instant ->
                        sum(uses.stream().filter(use -> use.during().contains(instant)), amount))
                .max()
                .orElse(0);
    }

    /** The most is wanted where something begins. */
    private static Optional<Excess> atATime(
            String field, String what, long limit, Collection<Use> others, Use wanted, ToLongFunction<Use> amount) {
        List<Instant> instants = Stream.concat(
                        Stream.of(wanted.during().start()),
                        others.stream().map(use -> use.during().start()).filter(wanted.during()::contains))
                .sorted()
                .distinct()
                .toList();
        for (Instant instant : instants) {
            long sum = sum(
                    Stream.concat(others.stream().filter(use -> use.during().contains(instant)), Stream.of(wanted)),
                    amount);
            if (sum > limit) {
                return Optional.of(new Excess(
                        field,
                        "your tenant may have %d %s at a time, and would have %d at %s: ask for fewer, or for another time"
                                .formatted(limit, what, sum, instant)));
            }
        }
        return Optional.empty();
    }

    private Optional<Excess> inAMonth(Collection<Use> others, Use wanted) {
        YearMonth last = YearMonth.from(wanted.during().end().minusNanos(1).atOffset(ZoneOffset.UTC));
        for (YearMonth month = YearMonth.from(wanted.during().start().atOffset(ZoneOffset.UTC));
                !month.isAfter(last);
                month = month.plusMonths(1)) {
            TimeWindow all = window(month);
            long seconds = sum(Stream.concat(others.stream(), Stream.of(wanted)), use -> use.machineSeconds(all));
            if (seconds > machineHours * SECONDS_OF_AN_HOUR) {
                return Optional.of(new Excess(
                        "window",
                        "your tenant may have %d machine hours in a month, and would have %d in %s: ask for fewer machines, for less time, or in another month"
                                .formatted(machineHours, Math.ceilDiv(seconds, SECONDS_OF_AN_HOUR), month)));
            }
        }
        return Optional.empty();
    }

    /** The offers to one request count as the one that counts most. */
    private static long sum(Stream<Use> uses, ToLongFunction<Use> amount) {
        Map<ReservationId, Map<ReservationId, Long>> groups = new TreeMap<>();
        uses.forEach(use -> groups.computeIfAbsent(use.group(), group -> new TreeMap<>())
                .merge(use.reservation(), amount.applyAsLong(use), Long::sum));
        return groups.values().stream()
                .mapToLong(offers -> Collections.max(offers.values()))
                .sum();
    }

    /** The month in which an instant is, from its first instant on. */
    public static Instant beginOfMonth(Instant instant) {
        return window(YearMonth.from(instant.atOffset(ZoneOffset.UTC))).start();
    }

    private static TimeWindow window(YearMonth month) {
        return new TimeWindow(
                month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
                month.plusMonths(1).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}

package io.archipelago.placement.domain;

import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.placement.Alternative;
import io.archipelago.contracts.placement.Alternative.Change;
import io.archipelago.contracts.placement.PlacementMessage.FindAlternatives;
import io.archipelago.contracts.placement.PlacementMessage.PlanSites;
import io.archipelago.contracts.placement.SitePolicy;
import io.archipelago.placement.domain.Rooms.Taken;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What could be had instead of what was refused. Everything that is free changes at certain instants only: a later start is looked for among
 * these, and so is an earlier end.
 */
final class Alternatives {

    private static final int MOST_TRIES = 100;
    private static final int LEAST_TRIES = 10;
    /** Each try of a start looks at every host of this site. */
    private static final int MOST_LOOKS = 50_000;

    /** Of the time asked for; whoever needs so much is not helped with less. */
    private static final int LEAST_PART = 4;

    private final UnaryOperator<TimeWindow> booked;
    private final NavigableSet<Instant> changes;
    private final int mostTries;
    private final Rooms rooms;
    private final List<Taken> taken = new ArrayList<>();

    /**
     * @param changes when what is free at any site changes
     * @param rooms how many machines sites have room for
     */
    Alternatives(NavigableSet<Instant> changes, Rooms rooms) {
        this.booked = rooms.booked();
        this.changes = changes;
        this.mostTries = Math.clamp(MOST_LOOKS / Math.max(1, rooms.here().open().size()), LEAST_TRIES, MOST_TRIES);
        this.rooms = rooms;
    }

    /** The likest first; each can be had beside those before it if all are held at the same time. */
    List<Alternative> to(FindAlternatives question) {
        PlanSites refused = question.request();
        // What sites said that they have throughout this window says nothing of another one.
        PlanSites anew = with(refused, refused.window(), refused.policy(), null);
        boolean shortOfHosts = !fits(anew);
        List<Alternative> found = new ArrayList<>();
        for (Change change : Change.values()) {
            Optional<Alternative> next = found.size() == question.atMost()
                    ? Optional.empty()
                    : switch (change) {
                        case OTHER_SITES -> otherSites(refused);
                        case LATER -> later(anew, question.notBefore(), shortOfHosts);
                        case FEWER -> fewer(refused);
                        case SHORTER -> shortOfHosts ? shorter(anew) : Optional.empty();
                    };
            next.ifPresent(each -> {
                found.add(each);
                if (!question.areApart()) {
                    take(refused, each);
                }
            });
        }
        return found;
    }

    private void take(PlanSites refused, Alternative alternative) {
        boolean sameWindow = alternative.window().equals(refused.window());
        PlanSites its = with(refused, alternative.window(), alternative.policy(), sameWindow ? refused.limits() : null);
        Map<SiteId, Integer> computes = new TreeMap<>();
        int missing = alternative.computes();
        for (Map.Entry<SiteId, Integer> site : rooms.likely(its, taken).entrySet()) {
            int given = Math.min(missing, site.getValue());
            computes.put(site.getKey(), given);
            missing -= given;
        }
        taken.add(new Taken(booked.apply(alternative.window()), computes));
    }

    private Optional<Alternative> otherSites(PlanSites refused) {
        SitePolicy any = new SitePolicy.FewestSites();
        return !refused.policy().equals(any) && fits(with(refused, refused.window(), any, refused.limits()))
                ? Optional.of(new Alternative(
                        Change.OTHER_SITES, refused.window(), refused.compute().count(), any))
                : Optional.empty();
    }

    /** If hosts are not what it is short of, placement knows of no later start than it was told of. */
    private Optional<Alternative> later(PlanSites anew, @Nullable Instant notBefore, boolean shortOfHosts) {
        TimeWindow window = anew.window();
        Duration lead = Duration.between(booked.apply(window).start(), window.start());
        Instant least = notBefore == null || notBefore.isBefore(window.start()) ? window.start() : notBefore;
        Stream<Instant> told = notBefore == null ? Stream.empty() : Stream.of(notBefore);
        Stream<Instant> found = shortOfHosts ? changes.stream().map(change -> change.plus(lead)) : Stream.empty();
        List<Instant> starts = Stream.concat(told, found)
                .map(Alternatives::up)
                .filter(start -> start.isAfter(window.start()) && !start.isBefore(least))
                .distinct()
                .sorted()
                .toList();
        return first(starts, start -> fits(from(anew, start)))
                .map(start -> alternative(Change.LATER, from(anew, start)));
    }

    /** The first of many that will do: not each is tried, but once one is found those between it and the one before. */
    private Optional<Instant> first(List<Instant> starts, Function<Instant, Boolean> fits) {
        List<Integer> some = some(starts.size());
        int before = -1;
        for (int each : some) {
            if (fits.apply(starts.get(each))) {
                int last = each;
                return starts.subList(before + 1, last).stream()
                        .limit(mostTries)
                        .filter(fits::apply)
                        .findFirst()
                        .or(() -> Optional.of(starts.get(last)));
            }
            before = each;
        }
        return Optional.empty();
    }

    /** Ever fewer with their distance, the last among them: after it everything is free. */
    private List<Integer> some(int size) {
        long last = mostTries - 1L;
        long passedOver = size - (long) mostTries;
        return size <= mostTries
                ? LongStream.range(0, size).mapToObj(Math::toIntExact).toList()
                : LongStream.rangeClosed(0, last)
                        .mapToObj(i -> (int) (i + passedOver * i * i / (last * last)))
                        .toList();
    }

    private Optional<Alternative> fewer(PlanSites refused) {
        Map<SiteId, Integer> given = rooms.likely(refused, taken);
        int computes = given.values().stream().mapToInt(Integer::intValue).sum();
        SitePolicy policy =
                refused.policy() instanceof SitePolicy.Named ? new SitePolicy.Named(given) : refused.policy();
        return computes > 0 && computes < refused.compute().count()
                ? Optional.of(new Alternative(Change.FEWER, refused.window(), computes, policy))
                : Optional.empty();
    }

    /** The longest: what fits throughout a window fits throughout a shorter one. */
    private Optional<Alternative> shorter(PlanSites anew) {
        TimeWindow window = anew.window();
        Duration turnRound = Duration.between(window.end(), booked.apply(window).end());
        Instant least = window.start().plus(window.length().dividedBy(LEAST_PART));
        List<Instant> ends = changes.stream()
                .map(change -> change.minus(turnRound).truncatedTo(ChronoUnit.SECONDS))
                .filter(end -> end.isBefore(window.end()) && !end.isBefore(least))
                .toList();
        int fit = 0;
        int tooLong = ends.size();
        while (fit < tooLong) {
            int middle = (fit + tooLong) >>> 1;
            if (fits(until(anew, ends.get(middle)))) {
                fit = middle + 1;
            } else {
                tooLong = middle;
            }
        }
        return fit == 0 ? Optional.empty() : Optional.of(alternative(Change.SHORTER, until(anew, ends.get(fit - 1))));
    }

    private boolean fits(PlanSites question) {
        return rooms.likely(question, taken).values().stream()
                        .mapToInt(Integer::intValue)
                        .sum()
                == question.compute().count();
    }

    private static PlanSites from(PlanSites question, Instant start) {
        TimeWindow later = new TimeWindow(start, start.plus(question.window().length()));
        return with(question, later, question.policy(), question.limits());
    }

    private static PlanSites until(PlanSites question, Instant end) {
        return with(question, new TimeWindow(question.window().start(), end), question.policy(), question.limits());
    }

    private static PlanSites with(
            PlanSites question, TimeWindow window, SitePolicy policy, @Nullable Map<SiteId, Integer> limits) {
        return new PlanSites(
                question.reservation(),
                question.attempt(),
                window,
                question.frontend(),
                question.compute(),
                policy,
                question.excluded(),
                question.network(),
                limits);
    }

    private static Alternative alternative(Change change, PlanSites question) {
        MachineGroup compute = question.compute();
        return new Alternative(change, question.window(), compute.count(), question.policy());
    }

    /** A tenant is offered whole seconds. */
    private static Instant up(Instant instant) {
        Instant second = instant.truncatedTo(ChronoUnit.SECONDS);
        return second.equals(instant) ? second : second.plusSeconds(1);
    }
}

package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What shares a peer may have here, of clusters whose master it is.
 *
 * @param machines at any instant, 0 or more
 * @param volumeBytes at any instant, 0 or more
 */
public record PeerLimit(int machines, long volumeBytes) {

    /**
     * A share that counts.
     *
     * @param during when
     * @param machines how many
     * @param volumeBytes their disks
     * @param heldUntil when it counts no more, unless it is confirmed before; null: it is
     */
    public record Use(
            TimeWindow during,
            int machines,
            long volumeBytes,
            @Nullable Instant heldUntil) {}

    /** What is left throughout a window. */
    private record Left(long machines, long bytes) {

        boolean fits(AllocationSpec wanted) {
            return wanted.machines() <= machines && wanted.diskBytes() <= bytes;
        }

        /** Of one group, as a peer has it: compute machines. */
        int fitting(AllocationSpec wanted) {
            long disk = wanted.groups().stream()
                    .mapToLong(MachineGroup::diskBytes)
                    .max()
                    .orElse(0);
            return (int) Math.max(0, disk == 0 ? machines : Math.min(machines, bytes / disk));
        }
    }

    /**
     * Why one more share would be too much. It says how many machines would not be, as of any capacity, so that the master can ask for those.
     *
     * @param others what else the peer has here
     */
    public Optional<Refusal> excess(SiteId peer, Collection<Use> others, AllocationSpec wanted) {
        Left left = left(others, wanted.window());
        if (left.fits(wanted)) {
            return Optional.empty();
        }
        boolean tooMany = wanted.machines() > left.machines();
        return Optional.of(new Refusal(
                        ErrorCode.NO_CAPACITY,
                        tooMany ? "machines" : "volume space",
                        "this site gives clusters of %s at most %s at a time, and throughout the window %s are left"
                                .formatted(
                                        peer,
                                        tooMany ? machines + " machines" : volumeBytes + " bytes of volumes",
                                        Math.max(0, tooMany ? left.machines() : left.bytes())),
                        onlyHoldsUntil(others, wanted).orElse(null),
                        null,
                        left.fitting(wanted))
                .missing(
                        tooMany
                                ? wanted.machines() - Math.max(0, left.machines())
                                : wanted.diskBytes() - Math.max(0, left.bytes()),
                        null));
    }

    /** When the last hold is over, if it would fit without holds. */
    private Optional<Instant> onlyHoldsUntil(Collection<Use> others, AllocationSpec wanted) {
        List<Use> lasting =
                others.stream().filter(use -> use.heldUntil() == null).toList();
        return left(lasting, wanted.window()).fits(wanted)
                ? others.stream()
                        .flatMap(use -> Stream.ofNullable(use.heldUntil()))
                        .max(Comparator.naturalOrder())
                : Optional.empty();
    }

    private Left left(Collection<Use> uses, TimeWindow window) {
        return new Left(
                machines - most(uses, window, Use::machines), volumeBytes - most(uses, window, Use::volumeBytes));
    }

    /** By adding up from begin to end what begins and what ends. */
    private static long most(Collection<Use> uses, TimeWindow window, ToLongFunction<Use> amount) {
        TreeMap<Instant, Long> changes = new TreeMap<>();
        for (Use use : uses) {
            if (use.during().overlaps(window)) {
                Instant start = use.during().start();
                Instant from = start.isBefore(window.start()) ? window.start() : start;
                // What ends with the window or later stays to its end.
                changes.merge(from, amount.applyAsLong(use), Long::sum);
                changes.merge(use.during().end(), -amount.applyAsLong(use), Long::sum);
            }
        }
        long now = 0;
        long most = 0;
        for (long change : changes.values()) {
            now += change;
            most = Math.max(most, now);
        }
        return most;
    }
}

package io.archipelago.reservation.domain;

import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.SiteId;
import io.archipelago.contracts.TimeWindow;
import io.archipelago.contracts.allocation.AllocationSpec;
import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.contracts.allocation.Refusal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What shares a peer may have here, of clusters whose master it is.
 *
 * @param machines at any instant
 * @param volumeBytes at any instant
 */
public record PeerLimit(int machines, long volumeBytes) {

    /**
     * A share that counts.
     *
     * @param during when
     * @param machines how many
     * @param volumeBytes their disks
     */
    public record Use(TimeWindow during, int machines, long volumeBytes) {}

    /**
     * Why one more share would be too much. It says how many machines would not be, as of any capacity, so that the master can ask for those.
     *
     * @param others what else the peer has here, also what is only held
     */
    public Optional<Refusal> excess(SiteId peer, Collection<Use> others, AllocationSpec wanted) {
        long machinesLeft = machines - most(others, wanted.window(), Use::machines);
        long bytesLeft = volumeBytes - most(others, wanted.window(), Use::volumeBytes);
        if (wanted.machines() <= machinesLeft && wanted.diskBytes() <= bytesLeft) {
            return Optional.empty();
        }
        boolean tooMany = wanted.machines() > machinesLeft;
        return Optional.of(new Refusal(
                ErrorCode.NO_CAPACITY,
                tooMany ? "machines" : "volume space",
                "this site gives clusters of %s at most %s at a time, and throughout the window %s are left"
                        .formatted(
                                peer,
                                tooMany ? machines + " machines" : volumeBytes + " bytes of volumes",
                                Math.max(0, tooMany ? machinesLeft : bytesLeft)),
                null,
                null,
                fits(wanted, machinesLeft, bytesLeft)));
    }

    /** Of one group, as a peer has it: compute machines. */
    private static int fits(AllocationSpec wanted, long machinesLeft, long bytesLeft) {
        long disk = wanted.groups().stream()
                .mapToLong(MachineGroup::diskBytes)
                .max()
                .orElse(0);
        long byDisk = disk == 0 ? machinesLeft : bytesLeft / disk;
        return (int) Math.max(0, Math.min(machinesLeft, byDisk));
    }

    /** The most is had where something begins. */
    private static long most(Collection<Use> others, TimeWindow window, ToLongFunction<Use> amount) {
        List<Instant> instants = Stream.concat(
                        Stream.of(window.start()),
                        others.stream().map(use -> use.during().start()).filter(window::contains))
                .toList();
        return instants.stream()
                .mapToLong(instant -> others.stream()
                        .filter(use -> use.during().contains(instant))
                        .mapToLong(amount)
                        .sum())
                .max()
                .orElse(0);
    }
}

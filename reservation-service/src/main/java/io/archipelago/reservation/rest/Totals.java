package io.archipelago.reservation.rest;

import io.archipelago.contracts.allocation.MachineGroup;
import io.archipelago.reservation.ReservationConfig;
import java.util.function.ToLongFunction;

/** The most that all machines of one cluster may be together. */
final class Totals {

    private static final long GIB = 1L << 30;

    private final ReservationConfig.Limits limits;

    Totals(ReservationConfig.Limits limits) {
        this.limits = limits;
    }

    /** Says of the number of compute machines, if what else was read of these is well, where it is too great. */
    void check(Fields compute, MachineGroup frontend, MachineGroup machines) {
        if (compute.clean()) {
            check(compute, "processors", limits.cpusInAll(), all(frontend, machines, MachineGroup::cpus));
            check(
                    compute,
                    "GiB of memory",
                    limits.memoryGibInAll(),
                    Math.ceilDiv(all(frontend, machines, MachineGroup::memoryBytes), GIB));
            check(
                    compute,
                    "GiB of disks",
                    limits.diskGibInAll(),
                    Math.ceilDiv(all(frontend, machines, MachineGroup::diskBytes), GIB));
        }
    }

    private static long all(MachineGroup frontend, MachineGroup machines, ToLongFunction<MachineGroup> each) {
        return each.applyAsLong(frontend) + machines.count() * each.applyAsLong(machines);
    }

    private static void check(Fields compute, String what, long most, long all) {
        if (all > most) {
            compute.error(
                    "count",
                    "so many that a cluster has at most %d %s in all, the frontend's among them; this one would have %d"
                            .formatted(most, what, all));
        }
    }
}

package io.archipelago.simulation;

import io.archipelago.bus.protocol.HostRecord;
import org.jspecify.annotations.Nullable;

/** What must hold whenever a participant changes its mind about a host. */
final class HostInvariants {

    /** By how much clocks may have jumped while a host was silent. */
    private static final long JUMPS = 5 * Scheduler.MINUTE;

    private final World world;

    HostInvariants(World world) {
        this.world = world;
    }

    /**
     * What a participant makes of a host.
     *
     * @param silent for how long the host had not spoken when it was judged
     */
    void changed(ParticipantService service, @Nullable HostRecord before, HostRecord next, long silent) {
        Host host = service.site().host(next.host());
        if (before == null || before.state() != next.state() || before.lost() != next.lost()) {
            world.tell(
                    service,
                    () -> host.id() + " is " + next.state() + (next.dead() ? ", dead" : "") + "; " + next.note());
        }
        boolean wasDead = before != null && before.dead();
        if (next.state() == HostRecord.State.SUSPECT) {
            world.did(Deed.HOST_SUSPECT);
        }
        if (next.state() == HostRecord.State.LOST && before != null && !before.lost() && !next.dead()) {
            long patience = world.figures().patience().lostAfter().toNanos() / 1000;
            Invariants.require(
                    silent > patience - JUMPS,
                    () -> service + " calls " + host.id() + " lost, which spoke " + silent / Scheduler.SECOND
                            + " s ago");
        }
        if (next.death() != null && !wasDead) {
            died(service, host, next.death());
        }
        if (wasDead && !next.dead()) {
            world.did(Deed.HOST_BACK);
            host.things()
                    .keySet()
                    .forEach(key -> Invariants.require(
                            key.kind().owner() != service.logic().name() || !Physics.released(service.site(), key),
                            () -> service + " books " + host.id() + " again though " + Words.of(key)
                                    + " is left there"));
        }
    }

    private void died(ParticipantService service, Host host, HostRecord.Death death) {
        switch (death.cause()) {
            case FENCED -> {
                if (service.hosts().fences() && death.ours()) {
                    world.did(Deed.HOST_FENCED);
                    Physics.requireCutOff(service.site(), host.id());
                }
            }
            case OPERATOR -> {
                world.did(Deed.HOST_DECLARED_DEAD);
                Invariants.require(
                        host.isDestroyed(), () -> service + " calls " + host.id() + " dead, and nobody said so");
            }
        }
    }
}

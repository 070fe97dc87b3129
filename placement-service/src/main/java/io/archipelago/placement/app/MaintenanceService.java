package io.archipelago.placement.app;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.Tx;
import io.archipelago.contracts.ErrorCode;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.Topics;
import io.archipelago.contracts.host.HostMaintenance;
import io.archipelago.contracts.host.HostMaintenance.Maintenance;
import io.archipelago.participant.app.HostService;
import io.archipelago.participant.persistence.HostStore;
import io.archipelago.participant.persistence.MaintenanceStore;
import io.archipelago.placement.domain.Upkeep;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Takes operators' word of when hosts are maintained, for all participants of the site. */
@ApplicationScoped
public class MaintenanceService {

    private final HostStore hosts;
    private final MaintenanceStore store;
    private final HostService participant;

    MaintenanceService(HostStore hosts, MaintenanceStore store, HostService participant) {
        this.hosts = hosts;
        this.store = store;
        this.participant = participant;
    }

    /**
     * Plans a maintenance, or moves the one of that name.
     *
     * @throws Rejection through the result: NOT_FOUND if the host was never heard of, CONFLICT if it has too many
     */
    public Uni<Void> plan(Tx tx, HostId host, Maintenance wanted) {
        return known(tx, host)
                .chain(known ->
                        say(tx, checked(Upkeep.with(known, wanted, tx.now()).orElse(known))));
    }

    /**
     * Takes back a maintenance, if there is one of that name.
     *
     * @throws Rejection through the result: NOT_FOUND if the host was never heard of
     */
    public Uni<Void> cancel(Tx tx, HostId host, String name) {
        return known(tx, host)
                .chain(known -> say(tx, Upkeep.without(known, name, tx.now()).orElse(known)));
    }

    /** Its row is locked: of two operators one comes after the other. */
    private Uni<HostMaintenance> known(Tx tx, HostId host) {
        return hosts.locked(tx, host)
                .map(found -> found.orElseThrow(() -> Rejection.notFound("host")))
                .chain(() -> store.of(tx, host))
                .map(known -> known.orElse(new HostMaintenance(host, 0, List.of())));
    }

    private static HostMaintenance checked(HostMaintenance next) {
        if (next.windows().size() > Upkeep.MOST) {
            throw new Rejection(
                    ErrorCode.CONFLICT,
                    "at most " + Upkeep.MOST + " maintenances of a host may be planned: take back some first");
        }
        return next;
    }

    /** What holds already is said again: a participant may have missed it, or been set back. */
    private Uni<Void> say(Tx tx, HostMaintenance said) {
        tx.send(Topics.HOST_EVENTS, said.host().value(), said);
        return participant.onEvent(tx, said);
    }
}

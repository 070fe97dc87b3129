package io.archipelago.placement.app;

import io.archipelago.bus.Rejection;
import io.archipelago.bus.Tx;
import io.archipelago.bus.protocol.Resource;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.MachineSpec;
import io.archipelago.participant.app.ParticipantService;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Has machines rebooted. */
@ApplicationScoped
public class RebootService {

    private static final Logger LOG = Logger.getLogger(RebootService.class);

    private final ParticipantService parts;

    RebootService(ParticipantService parts) {
        this.parts = parts;
    }

    /**
     * Has a machine shut down and started again; of several words before its agent has acted that is one.
     *
     * @param machine the key of a MACHINE
     * @throws Rejection through the result: NOT_FOUND if no lease has that machine on that host now, CONFLICT if the host is not heard of
     */
    public Uni<Void> reboot(Tx tx, HostId host, ResourceKey machine, String operator) {
        return parts.respecify(tx, host, machine, RebootService::again)
                .invoke(() -> LOG.infof("operator %s has %s rebooted on host %s", operator, machine, host));
    }

    /** Generations never fall, also if this service's database is set back to a copy. */
    private static ResourceSpec again(Resource machine) {
        return ((MachineSpec) machine.spec()).rebootedWith(machine.generation() + 1);
    }
}

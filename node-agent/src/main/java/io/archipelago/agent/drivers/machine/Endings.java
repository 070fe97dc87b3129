package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.machine.Domain.State;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceKind;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/** Ends domains: asks the guest to, and pulls the plug of one that does not listen. */
final class Endings {

    private static final Logger LOG = Logger.getLogger(Endings.class);

    private final Virsh virsh;
    private final Domains domains;
    private final DiskWrites writes;
    private final Duration patience;

    /**
     * @param patience how long a guest that was asked has to end
     */
    Endings(Virsh virsh, Domains domains, DiskWrites writes, Duration patience) {
        this.virsh = virsh;
        this.domains = domains;
        this.writes = writes;
        this.patience = patience;
    }

    /** Ends the domain of a machine, if there is one; returns when it has ended. */
    void end(ResourceKey key) throws DriverFault, InterruptedException {
        domains.stale();
        if (isAlive(key) && !endsByItself(key)) {
            unplug(key);
        }
    }

    private void unplug(ResourceKey key) throws DriverFault {
        giveUpWrites(key);
        try {
            virsh.destroy(key);
        } catch (DriverFault fault) {
            domains.stale();
            // One that ends in this very moment can not be ended, which libvirt says as an error.
            if (isAlive(key)) {
                throw fault;
            }
        }
    }

    /** QEMU can not be killed, and libvirt answers nobody meanwhile, as long as the kernel keeps what it has written for a storage host that is away. */
    private void giveUpWrites(ResourceKey key) throws DriverFault {
        for (ResourceKey disk : disks(key)) {
            try {
                writes.giveUp(disk);
            } catch (DriverFault fault) {
                LOG.warnf("machine=%s %s", key, fault.reason());
            }
        }
    }

    private List<ResourceKey> disks(ResourceKey machine) throws DriverFault {
        return domains.get(machine).stream()
                .flatMap(domain -> domain.uses().stream())
                .filter(used -> used.kind() == ResourceKind.DISK)
                .toList();
    }

    private boolean endsByItself(ResourceKey key) throws DriverFault, InterruptedException {
        if (domains.get(key).filter(domain -> domain.state() == State.RUNNING).isEmpty()) {
            return false;
        }
        try {
            virsh.shutdown(key);
        } catch (DriverFault fault) {
            LOG.infof("machine=%s %s", key, fault.reason());
            return false;
        }
        long until = System.nanoTime() + patience.toNanos();
        while (true) {
            long before = domains.changes();
            if (!isAlive(key)) {
                return true;
            }
            Duration left = Duration.ofNanos(until - System.nanoTime());
            if (!left.isPositive()) {
                return false;
            }
            if (!domains.awaitChange(before, left)) {
                // It may have ended without a word.
                domains.stale();
            }
        }
    }

    private boolean isAlive(ResourceKey key) throws DriverFault {
        return domains.get(key).filter(domain -> domain.state().isAlive()).isPresent();
    }
}

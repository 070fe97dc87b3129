package io.archipelago.agent.drivers.disk;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What takes long when a storage host does not answer. Each is done by a thread of its own, and whoever asks for it waits a moment: what
 * goes well is done then, and what does not goes on by itself. One that goes on keeps others from the same storage host waiting, and
 * nobody else: a host with many disks there would hang for minutes.
 */
final class Errands implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Errands.class);

    private final Duration patience;
    private final Map<ResourceKey, Errand> going = new HashMap<>();
    private final Map<ResourceKey, Failed> failed = new HashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("disk-", 0).factory());

    /** What is done for a disk, and where. */
    private record Errand(String place, Condition condition, CountDownLatch ended) {}

    private record Failed(Condition condition, DriverFault fault) {}

    /** The steps of one. */
    @FunctionalInterface
    interface Task {
        void run() throws DriverFault;
    }

    /**
     * @param patience how long whoever asks for one waits for it
     */
    Errands(Duration patience) {
        this.patience = patience;
    }

    /**
     * Does something for a disk; does nothing if the same goes on already.
     *
     * @param place what to go to; there is one at a time for each
     * @param condition of the disk as long as it goes on
     * @throws DriverFault why it failed, now or, if it goes on again, the last time; waiting if its turn has not come
     */
    void run(ResourceKey key, String place, Condition condition, Task task) throws DriverFault {
        Errand errand = new Errand(place, condition, new CountDownLatch(1));
        synchronized (this) {
            Errand other = going.get(key);
            if (other != null && other.condition() == condition) {
                return;
            }
            if (other != null) {
                throw DriverFault.waiting("waits until what was begun with it before has ended");
            }
            if (going.values().stream().anyMatch(each -> each.place().equals(place))) {
                throw DriverFault.waiting("waits its turn: another disk waits for the answer of " + place);
            }
            going.put(key, errand);
            threads.execute(() -> run(key, errand, task));
        }
        boolean ended = await(errand);
        DriverFault fault = fault(key, condition);
        if (fault != null) {
            throw fault;
        }
        if (!ended) {
            LOG.infof("disk=%s waits for the answer of %s, and others do not wait for it", key, place);
        }
    }

    /** The disks with which something goes on. */
    synchronized Set<ResourceKey> going() {
        return Set.copyOf(going.keySet());
    }

    /** What a disk is as long as something goes on with it; null if nothing does. */
    synchronized @Nullable Condition condition(ResourceKey key) {
        Errand errand = going.get(key);
        return errand == null ? null : errand.condition();
    }

    /** Why the last one for a disk failed that was to the same end; null if it did not. */
    synchronized @Nullable DriverFault fault(ResourceKey key, Condition condition) {
        Failed last = failed.get(key);
        return last != null && last.condition() == condition ? last.fault() : null;
    }

    /** Forgets what failed for disks that are none of these. */
    synchronized void keep(Set<ResourceKey> wanted) {
        failed.keySet().retainAll(wanted);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private boolean await(Errand errand) throws DriverFault {
        try {
            return errand.ended().await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DriverFault.waiting("the agent is being stopped");
        }
    }

    private void run(ResourceKey key, Errand errand, Task task) {
        DriverFault fault = null;
        try {
            task.run();
        } catch (DriverFault e) {
            fault = e;
        } catch (RuntimeException e) {
            LOG.errorf(e, "disk=%s the agent was not ready for this", key);
            fault = DriverFault.failed("the agent failed at it, its log says where: " + e);
        }
        synchronized (this) {
            going.remove(key);
            if (fault == null) {
                failed.remove(key);
            } else {
                failed.put(key, new Failed(errand.condition(), fault));
            }
        }
        errand.ended().countDown();
    }
}

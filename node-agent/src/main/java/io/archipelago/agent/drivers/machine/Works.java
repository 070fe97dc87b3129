package io.archipelago.agent.drivers.machine;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.contracts.host.ResourceKey;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What goes on with machines by itself, one work for each at a time. None outlives the agent: the next begins it anew. */
final class Works implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Works.class);

    private final Map<ResourceKey, Work> works = new HashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("machine-", 0).factory());
    private final Runnable ended;
    private volatile boolean closed;

    /**
     * A work.
     *
     * @param condition of the machine as long as it is going on
     * @param reason a sentence: what is going on, or why it went on no more
     * @param going false if it has failed
     */
    record Work(Condition condition, String reason, boolean going) {}

    /** The steps of a work. */
    @FunctionalInterface
    interface Task {
        void run() throws DriverFault, InterruptedException;
    }

    /**
     * @param ended called when a work has ended
     */
    Works(Runnable ended) {
        this.ended = ended;
    }

    /**
     * Begins a work, unless one is going on.
     *
     * @throws DriverFault if the same was tried before and failed: so that this is told, although it is tried again now
     */
    synchronized void begin(ResourceKey key, Condition condition, String reason, Task task) throws DriverFault {
        Work last = works.get(key);
        if (last != null && last.going()) {
            return;
        }
        works.put(key, new Work(condition, reason, true));
        threads.execute(() -> run(key, condition, task));
        if (last != null && last.condition() == condition) {
            throw DriverFault.failed(last.reason());
        }
    }

    /** Forgets that something has failed. */
    synchronized void forget(ResourceKey key) {
        works.computeIfPresent(key, (same, work) -> work.going() ? work : null);
    }

    /** What goes on with a machine, or has failed last; null if nothing. */
    synchronized @Nullable Work get(ResourceKey key) {
        return works.get(key);
    }

    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
    }

    private void run(ResourceKey key, Condition condition, Task task) {
        try {
            task.run();
            note(key, null);
        } catch (DriverFault fault) {
            if (!closed) {
                LOG.warnf("machine=%s %s", key, fault.reason());
            }
            note(key, new Work(condition, fault.reason(), false));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            note(key, null);
        } catch (RuntimeException e) {
            LOG.errorf(e, "machine=%s the agent was not ready for this", key);
            note(key, new Work(condition, "the agent failed at it, its log says where: " + e, false));
        }
        ended.run();
    }

    private synchronized void note(ResourceKey key, @Nullable Work work) {
        if (work == null) {
            works.remove(key);
        } else {
            works.put(key, work);
        }
    }
}

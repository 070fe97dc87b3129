package io.archipelago.agent.drivers.disk;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.KernelTree;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;

/**
 * Has the kernel ask from time to time how large attached volumes are: nobody tells it that one has grown. It does so by itself, because
 * the kernel waits for a storage host that does not answer.
 */
final class Rescanner implements AutoCloseable {

    /** A volume that has grown is seen to be larger within this time. */
    static final Duration EVERY = Duration.ofSeconds(10);

    private static final Logger LOG = Logger.getLogger(Rescanner.class);

    private final KernelTree sys;
    private final Map<String, Instant> asked = new HashMap<>();
    private final Set<String> waiting = new HashSet<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("rescanner").factory());

    /**
     * @param sys the root of sysfs
     */
    Rescanner(KernelTree sys) {
        this.sys = sys;
    }

    /** Asks for those block devices that were not asked for lately. */
    synchronized void look(Collection<String> blocks, Instant now) {
        asked.keySet().retainAll(blocks);
        for (String block : blocks) {
            Instant last = asked.get(block);
            if ((last == null || last.plus(EVERY).isBefore(now)) && waiting.add(block)) {
                asked.put(block, now);
                thread.execute(() -> rescan(block));
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void rescan(String block) {
        try {
            sys.at("block", block, "device").write("rescan", "1");
        } catch (DriverFault fault) {
            LOG.debugf("block=%s %s", block, fault.reason());
        }
        synchronized (this) {
            waiting.remove(block);
        }
    }
}

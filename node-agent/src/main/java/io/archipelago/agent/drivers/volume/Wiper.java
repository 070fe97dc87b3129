package io.archipelago.agent.drivers.volume;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Wipes logical volumes that are tagged to be wiped, one after the other, and removes them then. It goes on by itself, no faster than it
 * may; how far it came stands in a tag of the logical volume, so that another agent goes on from there.
 */
final class Wiper implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Wiper.class);

    private final LogicalVolumes volumes;
    private final Programs programs;
    private final Pace pace;
    private final Map<String, Work> works = new HashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("wiper").factory());
    private volatile boolean closed;

    /**
     * How fast it is.
     *
     * @param bytesPerSecond the rate that it does not exceed
     * @param chunk how many bytes one command wipes: few enough to end within a program's limit of time on a slow disk
     * @param betweenTags after how many bytes it notes how far it came: as many are wiped again after a crash
     */
    record Pace(long bytesPerSecond, long chunk, long betweenTags) {

        static Pace of(long bytesPerSecond) {
            return new Pace(bytesPerSecond, 64L << 20, 1L << 30);
        }
    }

    /** How far one has come, or why it does not come further. */
    private record Work(long wiped, String fault) {}

    Wiper(LogicalVolumes volumes, Programs programs, Pace pace) {
        this.volumes = volumes;
        this.programs = programs;
        this.pace = pace;
    }

    /** Sees to it that one is being wiped; does nothing if it is, or if that failed and nobody has asked to try again. */
    synchronized void wipe(LogicalVolume volume) {
        if (works.putIfAbsent(volume.path(), new Work(volume.wiped(), "")) == null) {
            thread.execute(() -> run(volume));
        }
    }

    /** Tries one again of which wiping failed. */
    synchronized void again(LogicalVolume volume) {
        Work work = works.get(volume.path());
        if (work != null && !work.fault().isEmpty()) {
            works.remove(volume.path());
        }
        wipe(volume);
    }

    /** Why one is not being wiped any more, a sentence; nothing if it is. */
    synchronized Optional<String> fault(LogicalVolume volume) {
        return Optional.ofNullable(works.get(volume.path())).map(Work::fault).filter(fault -> !fault.isEmpty());
    }

    /** How many of its first bytes have been wiped. */
    synchronized long wiped(LogicalVolume volume) {
        Work work = works.get(volume.path());
        return Math.max(volume.wiped(), work == null ? 0 : work.wiped());
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdownNow();
    }

    private void run(LogicalVolume volume) {
        try {
            // What was seen some time ago may be gone by now, and another bear its name.
            Optional<LogicalVolume> now = volumes.allNow().stream()
                    .filter(each -> each.path().equals(volume.path()) && each.isOurs() && each.isWiping())
                    .findFirst();
            if (now.isPresent()) {
                end(now.get());
            }
            note(volume, null);
        } catch (DriverFault fault) {
            if (!closed) {
                LOG.warnf("volume=%s %s", volume.path(), fault.reason());
                note(volume, new Work(wiped(volume), fault.reason()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.errorf(e, "volume=%s the agent was not ready for this", volume.path());
            note(volume, new Work(wiped(volume), "the agent failed to wipe it, its log says where: " + e));
        }
    }

    private void end(LogicalVolume volume) throws DriverFault, InterruptedException {
        LogicalVolume wiped = volume;
        if (!volume.isThin()) {
            if (!volume.active()) {
                volumes.activate(volume);
            } else if (volume.suspended()) {
                volumes.refresh(volume);
            }
            wiped = zero(volume);
            flush(wiped);
        }
        volumes.remove(wiped);
        LOG.infof("volume=%s wiped and removed", volume.path());
    }

    private LogicalVolume zero(LogicalVolume volume) throws DriverFault, InterruptedException {
        LogicalVolume tagged = volume;
        long from = volume.wiped();
        while (from < volume.bytes()) {
            long began = System.nanoTime();
            long length = Math.min(pace.chunk(), volume.bytes() - from);
            programs.run(
                    "blkdiscard",
                    "--zeroout",
                    "--offset",
                    Long.toString(from),
                    "--length",
                    Long.toString(length),
                    volume.device().toString());
            from += length;
            note(volume, new Work(from, ""));
            if (from - tagged.wiped() >= pace.betweenTags()) {
                flush(tagged);
                tagged = tagged(tagged, from);
            }
            rest(length, began);
        }
        return tagged;
    }

    /** What was wiped is so after a power cut too, before anybody is told. */
    private static void flush(LogicalVolume volume) throws DriverFault {
        try (FileChannel device = FileChannel.open(volume.device(), StandardOpenOption.WRITE)) {
            device.force(true);
        } catch (IOException e) {
            throw DriverFault.failed("can not flush %s: %s".formatted(volume.device(), e.getMessage()));
        }
    }

    private LogicalVolume tagged(LogicalVolume volume, long wiped) throws DriverFault {
        String tag = LogicalVolume.wipedTag(wiped);
        volumes.retag(volume, tag, volume.wipedTags().toList());
        return volume.withWiped(tag);
    }

    private void rest(long bytes, long began) throws InterruptedException {
        long due = bytes * 1_000_000_000L / pace.bytesPerSecond();
        Thread.sleep(Duration.ofNanos(Math.max(0, due - (System.nanoTime() - began))));
    }

    private synchronized void note(LogicalVolume volume, @Nullable Work work) {
        if (work == null) {
            works.remove(volume.path());
        } else {
            works.put(volume.path(), work);
        }
    }
}

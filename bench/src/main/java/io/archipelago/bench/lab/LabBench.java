package io.archipelago.bench.lab;

import io.archipelago.bench.lab.Plan.Gateway;
import io.archipelago.lab.Lab;
import io.archipelago.lab.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Measures on hosts of a lab of its own, which it takes back whatever happens, also when the process is told to end. */
public final class LabBench {

    private static final String WAN = "wan";

    private final Path home;
    private final LabSettings settings;
    private final int seed;
    private final PrintStream out;
    private volatile boolean cutOff;
    private boolean measuring;

    /**
     * A measurement that has not begun.
     *
     * @param home in which {@code lab} becomes the directory of its lab
     * @param seed of the order in which things take turns
     */
    public LabBench(Path home, LabSettings settings, int seed, PrintStream out) {
        this.home = home;
        this.settings = settings;
        this.seed = seed;
        this.out = out;
    }

    /**
     * Starts the lab, measures, and takes it back.
     *
     * @throws IOException if it can not be measured here; the sentence says why
     */
    public void run() throws IOException, InterruptedException {
        FutureTask<Boolean> task = new FutureTask<>(this::measure);
        // What waits for a host's answer in a virtual thread can be broken off.
        Thread work = Thread.ofVirtual().unstarted(task);
        Thread atTheEnd = new Thread(() -> breakOff(work));
        Runtime.getRuntime().addShutdownHook(atTheEnd);
        work.start();
        try {
            task.get();
        } catch (ExecutionException e) {
            // Whoever told it to end knows why it did.
            if (!cutOff && e.getCause() instanceof IOException reason) {
                throw reason;
            }
            if (!cutOff) {
                throw new IllegalStateException("the lab could not be measured", e);
            }
        } finally {
            if (!cutOff) {
                Runtime.getRuntime().removeShutdownHook(atTheEnd);
            }
        }
    }

    private void breakOff(Thread work) {
        cutOff = true;
        synchronized (this) {
            if (measuring) {
                work.interrupt();
            }
        }
        try {
            work.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean measure() throws IOException, InterruptedException {
        Path directory = home.resolve("lab");
        if (Lab.find(directory).isPresent()) {
            throw new IOException(
                    "The lab of another ./vc bench agent is in %s. If that does not run any more, take it back: VC_HOME=%s ./vc lab down"
                            .formatted(directory, home));
        }
        beginOrEndMeasuring(true);
        try {
            long begun = System.nanoTime();
            Lab lab = Lab.up(directory, hosts(), out::println);
            out.printf(
                    "%d hosts are up after %.1f s. Seed %d, %s%n",
                    lab.hosts().size(), (System.nanoTime() - begun) / 1e9, seed, settings);
            new LinkBench(lab, settings, seed, out).run();
            new VolumeBench(lab, settings, seed, out).run();
            return true;
        } finally {
            // Whoever breaks it off from now on waits for what follows, and that it was broken off before is no reason
            // to stop here.
            beginOrEndMeasuring(false);
            boolean interrupted = Thread.interrupted();
            Lab.down(directory, false);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void beginOrEndMeasuring(boolean begins) {
        measuring = begins;
    }

    private static Settings hosts() {
        return Settings.standard()
                .only(
                        WAN,
                        Gateway.TOKYO.host().value(),
                        Gateway.OSAKA.host().value(),
                        VolumeBench.STORAGE,
                        VolumeBench.COMPUTE);
    }
}

package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.Beat;
import io.archipelago.agent.drivers.DriverFault;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Proves one link and watches it from then on, by itself and in the background.
 *
 * <pre>
 *   OPENING ── both ends proved it ──▶ PROVEN ── no answer for too long, or opened again ──▶ SILENT
 *                                        ▲                                                     │
 *                                        └──────────────── both ends proved it ────────────────┘
 * </pre>
 */
final class Watch implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Watch.class);
    private static final Duration TO_END = Duration.ofSeconds(5);
    private static final double MEGA = 1e6;

    /** How much sooner than after every other measurement a link is first measured by an agent that found it proven. */
    private static final int SOONER_AT_FIRST = 10;

    /** Until a link is proven it is tried about as often as this. */
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    /** How far the link has come. */
    enum Stage {
        OPENING,
        PROVEN,
        SILENT
    }

    /**
     * What is known of the link.
     *
     * @param defect what is broken at this end, a sentence; empty if nothing
     * @param fault why it is not PROVEN, a sentence
     */
    record Finding(Stage stage, String defect, String fault, Map<String, String> figures) {}

    private final Workshop workshop;
    private final LinkSettings settings;
    private final Thread thread;

    private final Figure roundTrip = new Figure();
    private final Figure throughput = new Figure();
    private OptionalInt pathMtu = OptionalInt.empty();
    private Link link;
    private Stage stage;
    private String defect = "";
    private String fault = "is being proven";
    private long lastHeard = System.nanoTime();
    private long opened = System.nanoTime();
    private long measuringDue;

    /** Counts how often the link was made sound; what was found in a former era is no longer true. */
    private long era;

    private long eraOfRound;
    private boolean reopening;
    private volatile boolean closed;

    /**
     * @param proven whether a former agent saw both ends prove it
     */
    Watch(Link link, boolean proven, Workshop workshop, LinkSettings settings) {
        this.link = link;
        this.stage = proven ? Stage.PROVEN : Stage.OPENING;
        this.workshop = workshop;
        this.settings = settings;
        // An agent that was just started finds many links at once, and looks at each at a moment of its own.
        Duration first = proven ? new Beat(settings.watchEvery()).phase(link.key()) : Duration.ZERO;
        this.measuringDue = System.nanoTime()
                + (proven ? new Beat(settings.measureEvery()).phase(link.key()).toNanos() / SOONER_AT_FIRST : 0);
        this.thread = Thread.ofVirtual().name(link.device()).start(() -> run(first));
    }

    synchronized Finding finding() {
        Map<String, String> figures = new TreeMap<>();
        pathMtu.ifPresent(mtu -> figures.put("pathMtu", Integer.toString(mtu)));
        if (roundTrip.isKnown()) {
            figures.put("roundTripMillis", roundTrip.text());
        }
        if (throughput.isKnown()) {
            figures.put("throughputMbit", throughput.text());
        }
        return new Finding(stage, defect, fault, figures);
    }

    /** The link is closed and opened anew: until it is mended nobody finds it proven, for what passes is the former one's. */
    synchronized void reopening() {
        reopening = true;
    }

    /** The link was made so, or made sound; whether it was opened anew, so that it has to be proven anew. */
    synchronized void mended(Link now, boolean anew) {
        reopening = false;
        link = now;
        if (!anew && defect.isEmpty()) {
            return;
        }
        defect = "";
        if (anew) {
            opened = System.nanoTime();
            if (stage == Stage.PROVEN) {
                stage = Stage.SILENT;
                fault = "was opened again, and is being proven";
            }
        }
        era++;
        notifyAll();
    }

    /** Whether it has carried nothing for so long that it should be opened anew. */
    synchronized boolean isDead() {
        return stage == Stage.SILENT
                && isPast(opened, settings.reopenAfter())
                && isPast(lastHeard, settings.reopenAfter());
    }

    /** Returns when nothing of it runs any more. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(TO_END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Duration first) {
        if (!first.isZero()) {
            pauseFor(first);
        }
        while (!closed) {
            try {
                round();
            } catch (DriverFault e) {
                LOG.debugf("link=%s %s", link.key(), e.reason());
                note(e.reason());
            }
            pauseFor(pause());
        }
    }

    private void round() throws DriverFault {
        Link now = current();
        String found = workshop.defect(now);
        note(found);
        if (!found.isEmpty()) {
            return;
        }
        if (stage() == Stage.PROVEN) {
            listen(now);
        } else {
            prove(now);
        }
        if (stage() == Stage.PROVEN && isMeasuringDue()) {
            measure(now);
        }
    }

    private void prove(Link now) throws DriverFault {
        String missing = workshop.acceptance().fault(now, workshop.tunnel(now));
        if (!missing.isEmpty()) {
            doubt(missing);
        } else if (enter(Stage.PROVEN, "")) {
            LOG.infof("link=%s is proven", now.key());
        }
    }

    private void listen(Link now) throws DriverFault {
        Pings pings = workshop.prober().across(now, now.spec().mtu(), 2);
        if (pings.isAnswered()) {
            heard(pings.roundTripMillis());
        } else if (isSilent()) {
            String missing = workshop.acceptance().fault(now, workshop.tunnel(now));
            if (missing.isEmpty()) {
                heard(0);
            } else if (enter(Stage.SILENT, missing)) {
                LOG.warnf("link=%s %s", now.key(), missing);
            }
        }
    }

    private void measure(Link now) throws DriverFault {
        OptionalInt path = path(now);
        double bits = workshop.prober().throughput(now);
        synchronized (this) {
            pathMtu = path;
            throughput.take(bits / MEGA);
            measuringDue = System.nanoTime() + settings.measureEvery().toNanos();
        }
    }

    /** That it can not be measured is no defect of a link that carries frames. */
    private OptionalInt path(Link now) {
        try {
            return workshop.prober().pathMtu(now.spec().ends().remoteAddress());
        } catch (DriverFault fault) {
            LOG.debugf("link=%s the path is not known: %s", now.key(), fault.reason());
            return OptionalInt.empty();
        }
    }

    private synchronized Link current() {
        eraOfRound = era;
        return link;
    }

    private synchronized Stage stage() {
        return stage;
    }

    private synchronized void note(String found) {
        if (era == eraOfRound) {
            defect = found;
        }
    }

    private synchronized void doubt(String missing) {
        if (era == eraOfRound) {
            fault = missing;
        }
    }

    /**
     * Whether it did: not if the link was made sound meanwhile, which may have changed everything. What this agent says of a link the next one is
     * to know: that it is proven is written before it is said, and that it is not is said whether or not it can be written.
     */
    private synchronized boolean enter(Stage next, String why) throws DriverFault {
        if (closed || reopening || era != eraOfRound) {
            return false;
        }
        if (next == Stage.PROVEN) {
            workshop.records().noteProven(link.key(), true);
            lastHeard = System.nanoTime();
        }
        stage = next;
        fault = why;
        if (next != Stage.PROVEN) {
            workshop.records().noteProven(link.key(), false);
        }
        return true;
    }

    private synchronized void heard(double roundTripMillis) {
        lastHeard = System.nanoTime();
        if (roundTripMillis > 0) {
            roundTrip.take(roundTripMillis);
        }
    }

    private synchronized boolean isSilent() {
        return isPast(lastHeard, settings.silence());
    }

    private synchronized boolean isMeasuringDue() {
        return System.nanoTime() - measuringDue >= 0;
    }

    private synchronized Duration pause() {
        return stage == Stage.PROVEN && defect.isEmpty() ? settings.watchEvery() : BETWEEN_TRIES;
    }

    /** Shorter if the link is made sound meanwhile. */
    private synchronized void pauseFor(Duration pause) {
        try {
            if (era == eraOfRound && !closed) {
                wait(pause.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isPast(long since, Duration duration) {
        return System.nanoTime() - since > duration.toNanos();
    }
}

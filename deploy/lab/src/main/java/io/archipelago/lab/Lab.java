package io.archipelago.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Hosts and networks of two sites on this machine. They outlive the process that starts them, until {@link #down}. */
public final class Lab {

    /** The volume group on the disk of each storage host. */
    public static final String VOLUME_GROUP = "vg0";

    private final LabHome home;
    private final Settings settings;
    private final Network network;
    private final List<LabHost> hosts;

    private Lab(LabHome home, Settings settings) {
        this.home = home;
        this.settings = settings;
        this.network = new Network(settings.name());
        this.hosts = settings.plan().stream()
                .map(plan -> new LabHost(plan, home, network, settings))
                .toList();
    }

    /**
     * Starts it, or starts those of its hosts that have no power; returns when the shell of each answers. What a start leaves behind that was
     * cut off is taken back first.
     *
     * @param directory where everything of it is kept; made when it is not there
     * @param says gets a sentence for each thing that takes a while
     * @throws IOException if it can not be started here; the sentence says why and what to do
     */
    public static Lab up(Path directory, Settings settings, Consumer<String> says)
            throws IOException, InterruptedException {
        Machine.demand();
        LabHome home = new LabHome(directory);
        Lab lab = new Lab(home, settings);
        if (home.record().isEmpty()) {
            lab.refuseIfTaken(says);
        }
        home.claim();
        try (LabLock lock = LabLock.take(home)) {
            Packages.install(says);
            Optional<LabRecord> before = home.record();
            if (before.isPresent() && before.get().complete() && lab.isMade()) {
                lab.refuseOtherSettings(before.get().settings());
                lab.powerOn();
                return lab;
            }
            if (before.isPresent()) {
                says.accept("Taking back what is left of an earlier start ...");
                new Lab(home, before.get().settings()).takeBack();
            }
            lab.start(says);
            return lab;
        }
    }

    /** The lab that was started there and not ended; empty when there is none. Not all of its hosts need to have power. */
    public static Optional<Lab> find(Path directory) throws IOException {
        LabHome home = new LabHome(directory);
        Optional<Lab> known = home.record().filter(LabRecord::complete).map(record -> new Lab(home, record.settings()));
        return known.isPresent() && known.get().isMade() ? known : Optional.empty();
    }

    private boolean isMade() throws IOException {
        return network.exists() && network.owner().equals(home.root().toString());
    }

    private void refuseOtherSettings(Settings running) throws IOException {
        if (!running.equals(settings)) {
            throw new IOException("A lab of other hosts runs in " + home.root() + "; end it first: ./vc lab down");
        }
    }

    private void refuseIfTaken(Consumer<String> says) throws IOException, InterruptedException {
        if (network.exists()) {
            String owner = network.owner();
            if (isAbandoned(owner)) {
                says.accept("Taking back the networks of a lab in %s that has no host any more ...".formatted(owner));
                network.remove();
                return;
            }
            throw new IOException(
                    "Another lab runs on this machine (network namespace %s), and there can be one. End it first, with VC_HOME set to the directory that holds %s: ./vc lab down"
                            .formatted(settings.name(), owner.isEmpty() ? "it" : owner));
        }
        network.refuseIfAddressesAreTaken();
    }

    /** No host of that lab runs, and nobody is about to start one: it was killed and not ended. Its files are not touched. */
    private static boolean isAbandoned(String owner) throws IOException {
        if (owner.isEmpty()) {
            return false;
        }
        LabHome home = new LabHome(Path.of(owner));
        if (!Files.exists(home.mark())) {
            return !Kernel.anyOf(home);
        }
        try (LabLock lock = LabLock.take(home)) {
            return !Kernel.anyOf(home);
        } catch (IOException somebodyIsAtIt) {
            return false;
        }
    }

    private void start(Consumer<String> says) throws IOException, InterruptedException {
        refuseIfTaken(says);
        long begun = System.nanoTime();
        LabRecord record = LabRecord.begun(settings);
        home.fill(settings.plan());
        home.write(record);
        // Whoever is a moment faster has it, and nothing of that one is taken back.
        network.claim(home);
        try {
            network.create(settings.plan(), home);
            says.accept("Starting %d hosts ...".formatted(hosts.size()));
            powerOn();
            home.write(record.completed((System.nanoTime() - begun) / 1e9));
        } catch (IOException | RuntimeException | InterruptedException e) {
            // Its files stay: the consoles may say why.
            takeBack();
            throw e;
        }
    }

    private void powerOn() throws IOException, InterruptedException {
        inTurns(host -> {
            host.boot();
            host.awaitUp();
            host.furnish();
            return true;
        });
    }

    /** Something of a host that takes a while. */
    @FunctionalInterface
    interface Question<T> {
        T ask(LabHost host) throws IOException, InterruptedException;
    }

    /** Asks all hosts at the same time; the answers are in their order. */
    <T> List<T> atOnce(Question<T> question) throws IOException, InterruptedException {
        return ask(Executors.newVirtualThreadPerTaskExecutor(), question);
    }

    /**
     * Asks as many hosts at a time as there are processors: what keeps one busy is done later by all when all do it at once. The answers are
     * in the order of the hosts.
     */
    <T> List<T> inTurns(Question<T> question) throws IOException, InterruptedException {
        return ask(Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors()), question);
    }

    private <T> List<T> ask(ExecutorService executor, Question<T> question) throws IOException, InterruptedException {
        try (ExecutorService asking = executor) {
            List<Callable<T>> all = hosts.stream()
                    .map(host -> (Callable<T>) () -> question.ask(host))
                    .toList();
            List<T> answers = new ArrayList<>();
            for (Future<T> one : asking.invokeAll(all)) {
                answers.add(one.get());
            }
            return answers;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException reason) {
                throw reason;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException("a question to a host failed", e);
        }
    }

    /** Processes and networks; files stay. */
    private void takeBack() throws IOException, InterruptedException {
        Kernel.killAll(home);
        // It may be somebody else's by now, when the machine was started anew or our start never got that far.
        if (isMade()) {
            network.remove();
        }
        home.forgetRecord();
    }

    /**
     * Ends it: everything that was made for it is taken back, whether its start was completed or not.
     *
     * @param keepFiles whether its directory stays, with the disks, what hosts have kept, and their consoles
     * @return whether there was anything
     * @throws IOException if something of it can not be removed; it may be called again
     */
    public static boolean down(Path directory, boolean keepFiles) throws IOException, InterruptedException {
        LabHome home = new LabHome(directory);
        DebianPackages.undoInterruptedInstall();
        if (!Files.exists(home.mark())) {
            return false;
        }
        try (LabLock lock = LabLock.take(home)) {
            Optional<LabRecord> record = home.record();
            if (record.isPresent()) {
                new Lab(home, record.get().settings()).takeBack();
            }
            if (!keepFiles) {
                home.remove();
            }
            return record.isPresent() || !keepFiles;
        }
    }

    public List<LabHost> hosts() {
        return hosts;
    }

    /**
     * One of its hosts.
     *
     * @throws IllegalArgumentException if it has none of that name
     */
    public LabHost host(String name) {
        return hosts.stream()
                .filter(host -> host.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the lab has no host " + name + "; it has "
                        + String.join(", ", hosts.stream().map(LabHost::name).toList())));
    }

    /** The network between the sites. */
    public Wan wan() {
        return new Wan(host(Topology.WAN));
    }

    /** How long its start took, in seconds. */
    double readySeconds() throws IOException {
        return home.record().map(LabRecord::seconds).orElse(0.0);
    }
}

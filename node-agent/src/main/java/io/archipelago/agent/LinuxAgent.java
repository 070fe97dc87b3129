package io.archipelago.agent;

import io.archipelago.agent.drivers.Drivers;
import io.archipelago.agent.host.HostAgent;
import io.archipelago.agent.host.Report;
import io.archipelago.agent.linux.HostSetup;
import io.archipelago.agent.linux.LinuxDrivers;
import io.archipelago.agent.linux.LinuxInventory;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.os.Scratch;
import io.archipelago.agent.state.HostDirectory;
import io.archipelago.agent.state.HostDirectory.SealingKey;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jboss.logging.Logger;

/** The agent of the host that the process runs on. */
final class LinuxAgent implements AgentProcess.Crew {

    private static final Logger LOG = Logger.getLogger(LinuxAgent.class);
    private static final Duration INVENTORY_EVERY = Duration.ofSeconds(15);

    private final HostDirectory directory;
    private final Drivers drivers;
    private final HostRunner runner;

    /**
     * Takes the host.
     *
     * @throws HostDirectory.SecondAgent if it has an agent already
     * @throws IOException if the state directory can not be used
     */
    LinuxAgent(AgentConfig config, AgentProcess.Means means) throws IOException, HostDirectory.SecondAgent {
        HostSetup setup = HostSetup.of(config.host());
        directory = HostDirectory.open(config.stateDirectory(), setup.id());
        try {
            Scratch.clear();
            SealingKey key = directory.sealingKey();
            Programs programs = new Programs(setup.commandLimit());
            Bell bell = new Bell();
            LinuxDrivers linux = new LinuxDrivers(setup, programs, directory.state(), key::unseal, bell);
            linux.askForOffers();
            LinuxInventory inventory = LinuxInventory.of(
                    setup,
                    new LinuxInventory.Identity(directory.machineId(), key.announced(), AgentProcess.version()),
                    programs,
                    means.publisher().clockOffset(),
                    linux::offers,
                    config.heartbeatEvery().multipliedBy(3));
            drivers = linux.all();
            runner = new HostRunner(
                    agent(config, setup, inventory, means.clock()),
                    new Outlet(means.publisher()),
                    means.clock(),
                    means.threads());
            bell.wakes = runner::look;
            watch(inventory, linux, means);
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private HostAgent agent(AgentConfig config, HostSetup setup, LinuxInventory inventory, Clock clock)
            throws IOException {
        return new HostAgent(
                setup.id(),
                directory.nextEpoch(clock.instant()),
                AgentProcess.settings(config),
                drivers,
                inventory,
                directory.specs(),
                directory::keep,
                new SplittableRandom());
    }

    private static void watch(LinuxInventory inventory, LinuxDrivers linux, AgentProcess.Means means) {
        Clock clock = means.clock();
        Alarm looks = new Alarm(clock, means.threads(), () -> {
            inventory.refresh();
            linux.askForOffers();
            return clock.instant().plus(INVENTORY_EVERY);
        });
        looks.set(clock.instant().plus(INVENTORY_EVERY));
    }

    @Override
    public List<HostRunner> followers() {
        return List.of(runner);
    }

    @Override
    public void close() {
        runner.halt();
        drivers.close();
        try {
            directory.close();
        } catch (IOException e) {
            LOG.warnf("hostId=%s its lock is left behind: %s", directory.host(), e.getMessage());
        }
    }

    /** What drivers wake the agent with. They are there before it. */
    private static final class Bell implements Runnable {

        private volatile Runnable wakes = () -> {};

        @Override
        public void run() {
            wakes.run();
        }
    }

    /** What the agent says is published, and nothing else is done. */
    private final class Outlet implements HostRunner.Outlet {

        private final Publisher publisher;

        Outlet(Publisher publisher) {
            this.publisher = publisher;
        }

        @Override
        public void stepped() {}

        @Override
        public void publish(Report report, String correlationId, Runnable onLoss) {
            publisher.publish(directory.host(), report, correlationId, onLoss);
        }
    }
}

package io.archipelago.agent.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Agents that are killed between any two of their commands: one before its first, one before its second, and so on until one comes to the end.
 * Each time another agent has to make good what it finds, first while a resource is made, then while it is removed; at the end
 * all traces of it are to be gone.
 *
 * <p>Commands that only look are given too, but nobody is killed before them: that is the same as being killed after the last that did
 * something. A command is either run to its end or not at all.
 *
 * @param <S> the specification of the kind
 */
public final class EveryDeath<S extends ResourceSpec> {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int NEVER = Integer.MAX_VALUE;

    private final Programs programs;
    private final Function<Programs, Driver<S>> agents;
    private final Callable<List<String>> traces;

    /**
     * @param programs the host's
     * @param agents starts an agent, which gives its commands to these programs
     * @param traces all that a resource could leave on the host
     */
    public EveryDeath(Programs programs, Function<Programs, Driver<S>> agents, Callable<List<String>> traces) {
        this.programs = programs;
        this.agents = agents;
        this.traces = traces;
    }

    /** Thrown through a driver in which nobody catches it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("the agent was killed", null, false, false);
        }
    }

    /** An agent, from its start until it is killed or has done its work. */
    private final class Agent {

        private final int last;
        private final Driver<S> driver;
        private final List<String> given = new ArrayList<>();
        private final ThreadLocal<Boolean> looking = ThreadLocal.withInitial(() -> false);
        private boolean dead;

        /** @param last before which of its commands it is killed, counted from one */
        Agent(int last) {
            this.last = last;
            driver = agents.apply(programs.telling(this::hear));
        }

        private synchronized void hear(List<String> command) {
            if (dead) {
                throw new Killed();
            }
            if (!looking.get()) {
                given.add(String.join(" ", command));
                if (given.size() >= last) {
                    dead = true;
                    throw new Killed();
                }
            }
        }

        private synchronized boolean isDead() {
            return dead;
        }

        /** Whether it came to the end of its work, which what it sees tells. */
        private boolean works(ResourceKey key, Map<ResourceKey, S> wanted) {
            AtomicBoolean done = new AtomicBoolean();
            try {
                await().atMost(PATIENCE).pollInSameThread().until(() -> {
                    done.set(step(key, wanted));
                    return done.get() || isDead();
                });
            } catch (Killed e) {
                return false;
            } finally {
                close();
            }
            return done.get();
        }

        /** What fails is tried again, as agents do. */
        private boolean step(ResourceKey key, Map<ResourceKey, S> wanted) {
            try {
                Observed seen = look(wanted).get(key);
                S spec = wanted.get(key);
                if (spec == null) {
                    if (seen != null && seen.condition() != Condition.REMOVING) {
                        driver.remove(key, Instant.now());
                    }
                    return seen == null;
                }
                if (seen == null || (seen.condition() != Condition.READY && seen.condition() != Condition.MAKING)) {
                    driver.apply(key, spec, Instant.now());
                }
                return seen != null && seen.condition() == Condition.READY;
            } catch (DriverFault e) {
                return false;
            }
        }

        private Map<ResourceKey, Observed> look(Map<ResourceKey, S> wanted) throws DriverFault {
            looking.set(true);
            try {
                return driver.observe(wanted, Instant.now());
            } finally {
                looking.set(false);
            }
        }

        /** Of one that was killed nothing goes on either. */
        private void close() {
            try {
                driver.close();
            } catch (Killed e) {
                // It was on the way.
            }
        }

        @Override
        public synchronized String toString() {
            return "an agent that gave the commands " + given;
        }
    }

    /**
     * Plays it all.
     *
     * @return how many agents were killed
     */
    public int play(ResourceKey key, S spec) throws Exception {
        List<String> before = traces.call();
        int killed = 0;
        boolean toTheEnd = false;
        for (int last = 1; !toTheEnd; last++) {
            boolean made = succession(last, key, Map.of(key, spec));
            boolean removed = succession(last, key, Map.of());
            killed += (made ? 0 : 1) + (removed ? 0 : 1);
            toTheEnd = made && removed;
            assertThat(traces.call())
                    .as("what is left after agents that were killed before command " + last)
                    .isEqualTo(before);
        }
        return killed;
    }

    /** Whether the first agent came to its end; if not, the next one did. */
    private boolean succession(int last, ResourceKey key, Map<ResourceKey, S> wanted) {
        Agent first = new Agent(last);
        if (first.works(key, wanted)) {
            return true;
        }
        Agent next = new Agent(NEVER);
        try {
            assertThat(next.works(key, wanted)).isTrue();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(next + " did not come to its end after " + first, e);
        }
        return false;
    }
}

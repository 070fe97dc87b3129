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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Agents that are killed between two of their commands while a resource is made, and while it is removed. Each time another agent has to
 * make good what it finds, and at the end all traces are to be gone. With {@code -Dvc.tests.all=true} that happens before each command,
 * otherwise before a few that {@code -Dvc.tests.seed} picks.
 *
 * <p>Nobody is killed before a command that only looks: that is the same as being killed after the last that did something. A command is
 * either run to its end or not at all.
 *
 * @param <S> the specification of the kind
 */
public final class EveryDeath<S extends ResourceSpec> {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int NEVER = Integer.MAX_VALUE;
    private static final boolean ALL = Boolean.getBoolean("vc.tests.all");
    private static final long SEED = Long.getLong("vc.tests.seed", System.nanoTime());
    private static final int FEW = 2;
    private static final Pattern LOOKS =
            Pattern.compile("ip .*\\b(show|list|get|identify)\\b.*|(ar)?ping .*|wg show .*|sysctl --values .*"
                    + "|(tc|bridge) .*\\bshow\\b.*|(lvs|vgs|pvs) .*|virsh .*\\b(list|dominfo|domstate|domstats|dumpxml)\\b.*"
                    + "|\\S+-save .*|ebtables-legacy .* -L.*|squidclient .*|iscsiadm --mode session");

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
            String line = String.join(" ", command);
            if (!LOOKS.matcher(line).matches()) {
                given.add(line);
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
                Observed seen = driver.observe(wanted, Instant.now()).get(key);
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

    /** Plays it all; to begin with, an agent that is let live, to see how many commands it takes. */
    public void play(ResourceKey key, S spec) throws Exception {
        List<String> before = traces.call();
        int toMake = commandsOf(key, Map.of(key, spec));
        int toRemove = commandsOf(key, Map.of());
        assertThat(toMake).as("commands to make it").isPositive();
        List<Integer> making = deaths(toMake);
        List<Integer> removing = deaths(toRemove);
        System.out.printf(
                "%s: of %d commands to make it agents are killed before %s, of %d to remove it before %s%s%n",
                key, toMake, making, toRemove, removing, ALL ? "" : " (-Dvc.tests.seed=" + SEED + ")");
        int made = 0;
        int removed = 0;
        for (int i = 0; i < Math.max(making.size(), removing.size()); i++) {
            made += succession(i < making.size() ? making.get(i) : NEVER, key, Map.of(key, spec)) ? 1 : 0;
            removed += succession(i < removing.size() ? removing.get(i) : NEVER, key, Map.of()) ? 1 : 0;
            assertThat(traces.call())
                    .as("what is left after the deaths at place " + i + " of these")
                    .isEqualTo(before);
        }
        // With bad luck all of these came to their ends with fewer commands than the first one. Some things go without
        // any.
        if (made == 0 || (removed == 0 && toRemove > 0)) {
            assertThat(succession(1, key, Map.of(key, spec)))
                    .as("who makes it can be killed")
                    .isTrue();
            assertThat(succession(1, key, Map.of()))
                    .as("who removes it can be killed")
                    .isEqualTo(toRemove > 0);
            assertThat(traces.call()).isEqualTo(before);
        }
    }

    private int commandsOf(ResourceKey key, Map<ResourceKey, S> wanted) {
        Agent whole = new Agent(NEVER);
        assertThat(whole.works(key, wanted)).as(whole.toString()).isTrue();
        System.out.println(whole);
        return whole.given.size();
    }

    private static List<Integer> deaths(int commands) {
        List<Integer> all =
                new ArrayList<>(IntStream.rangeClosed(1, commands).boxed().toList());
        if (!ALL) {
            Collections.shuffle(all, new Random(SEED));
        }
        return all.subList(0, ALL ? all.size() : Math.min(FEW, all.size()));
    }

    /** One that may be killed, and, if it was, one that is not; whether it was. How many commands it takes may differ a little. */
    private boolean succession(int last, ResourceKey key, Map<ResourceKey, S> wanted) {
        Agent first = new Agent(last);
        if (first.works(key, wanted)) {
            return false;
        }
        Agent next = new Agent(NEVER);
        try {
            assertThat(next.works(key, wanted)).isTrue();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(next + " did not come to its end after " + first, e);
        }
        return true;
    }
}

package io.archipelago.system;

import static io.archipelago.system.Federation.SOON;
import static org.awaitility.Awaitility.await;

import io.archipelago.local.RunningStack;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whichever process is killed, at whatever step: the outcome is the same. */
@ExtendWith(FederationExtension.class)
class KilledProcessST {

    private static final int KILLS_PER_RUN = 2;
    private static final int STEPS_OF_EACH = 2;
    private static final int ATTEMPTS = 5;

    /** Where in a reservation's life the process dies: as soon as its master has written this state. */
    private enum Step {
        REQUESTED,
        HELD,
        SCHEDULED,
        DEPLOYING,
        ACTIVE,
        RELEASING;

        /** Some states are over before anybody looks. */
        private List<String> orLater() {
            return EnumSet.range(this, RELEASING).stream().map(Step::name).toList();
        }
    }

    private record Kill(String process, Step step) {}

    @TestFactory
    Stream<DynamicTest> theFlowEndsTheSameWhenOneDies(Federation federation) {
        return Sweep.some("kills", kills(federation.stack().processes()), KILLS_PER_RUN).stream()
                .map(kill -> DynamicTest.dynamicTest(
                        kill.process + " dies at " + kill.step, () -> theFlowEndsTheSame(federation, kill)));
    }

    /** Every process at some steps; they are dealt like cards, so that every step has its turn before one comes again. */
    private static List<Kill> kills(List<String> running) {
        Random random = Sweep.random("steps");
        List<String> processes = new ArrayList<>(running);
        processes.add(RunningStack.SUPERVISOR);
        List<Step> dealt = new ArrayList<>();
        List<Kill> kills = new ArrayList<>();
        for (String process : processes) {
            for (int i = 0; i < STEPS_OF_EACH; i++) {
                if (dealt.isEmpty()) {
                    dealt.addAll(List.of(Step.values()));
                    Collections.shuffle(dealt, random);
                }
                kills.add(new Kill(process, dealt.removeLast()));
            }
        }
        return kills;
    }

    private static void theFlowEndsTheSame(Federation federation, Kill kill) throws Exception {
        ProcessHandle victim = federation.stack().process(kill.process);
        try {
            String id = reserveAndKill(federation, kill, victim);
            if (kill.process.equals(RunningStack.SUPERVISOR)) {
                // What it kept running goes on; a new one ends all of it and starts it anew.
                federation.awaitAgain(kill.process, victim);
            }
            if (kill.step != Step.RELEASING) {
                federation.awaitState(id, "ACTIVE");
                await().atMost(SOON).ignoreExceptions().untilAsserted(() -> WholeCluster.assertStands(federation, id));
                federation.cancel(id);
            }
            federation.awaitState(id, "ENDED");
            federation.assertNothingIsLeft();
        } finally {
            // The next one asks for all of them again, Keycloak too.
            if (!victim.isAlive()) {
                federation.awaitAgain(kill.process, victim);
            }
        }
    }

    /** Returns the reservation during whose life the process was killed. */
    private static String reserveAndKill(Federation federation, Kill kill, ProcessHandle victim) throws Exception {
        try (MasterDatabase master = federation.master()) {
            for (int attempt = 1; ; attempt++) {
                String id = federation.reserve(Requests.TWO_SITES);
                if (kill.step == Step.RELEASING) {
                    federation.awaitState(id, "ACTIVE");
                    federation.cancel(id);
                }
                String seen = master.awaitState(id, kill.step.orLater());
                if (seen.equals(kill.step.name()) || attempt == ATTEMPTS) {
                    Federation.kill(victim);
                    System.out.println("kill -9 " + kill.process + " at " + seen);
                    return id;
                }
                // It was quicker than we are.
                federation.cancel(id);
                federation.awaitState(id, "CANCELLED", "ENDED");
                federation.assertNothingIsLeft();
            }
        }
    }
}

package io.archipelago.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whichever process is killed, at whatever step: the outcome is the same. */
@ExtendWith(FederationExtension.class)
class KilledProcessST {

    private static final int PROCESSES_PER_RUN = 2;

    /** Where in a reservation's life the process dies: as soon as the tenant sees this state or a later one. */
    private enum Step {
        REQUESTED,
        HELD,
        SCHEDULED,
        DEPLOYING,
        ACTIVE,
        RELEASING;

        private String[] orLater() {
            List<String> states = new ArrayList<>();
            for (Step step : values()) {
                if (step.compareTo(this) >= 0) {
                    states.add(step.name());
                }
            }
            return states.toArray(String[]::new);
        }
    }

    @TestFactory
    Stream<DynamicTest> theFlowEndsTheSameWhenOneDies(Federation federation) throws Exception {
        Random random = Sweep.random("steps");
        List<DynamicTest> tests = new ArrayList<>();
        for (String process : Sweep.some("processes", federation.processes(), PROCESSES_PER_RUN)) {
            Step step = Step.values()[random.nextInt(Step.values().length)];
            tests.add(DynamicTest.dynamicTest(
                    process + " dies at " + step, () -> theFlowEndsTheSame(federation, process, step)));
        }
        return tests.stream();
    }

    private static void theFlowEndsTheSame(Federation federation, String process, Step step) throws Exception {
        String id = federation.reserve(Requests.TWO_SITES);
        if (step != Step.RELEASING) {
            federation.awaitState(id, step.orLater());
            federation.kill(process);
        }
        federation.awaitState(id, "ACTIVE");
        federation.cancel(id);
        if (step == Step.RELEASING) {
            federation.kill(process);
        }
        federation.awaitState(id, "ENDED");
        federation.assertNothingIsLeft();
    }
}

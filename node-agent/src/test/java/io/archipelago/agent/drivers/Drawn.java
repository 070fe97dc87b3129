package io.archipelago.agent.drivers;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Of the tests of a driver about so many of ten as {@code -Dvc.tests.of-ten} says, which {@code -Dvc.tests.seed} draws, and those that are {@link InEveryRun};
 * all if it says nothing. For hosts of the laboratory, on which a test takes ten times as long as elsewhere.
 */
public final class Drawn implements ExecutionCondition {

    private static final int TEN = 10;
    private static final int OF_TEN = Integer.getInteger("vc.tests.of-ten", TEN);
    private static final long SEED = Long.getLong("vc.tests.seed", 0L);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return context.getTestMethod().isEmpty()
                        || context.getRequiredTestMethod().isAnnotationPresent(InEveryRun.class)
                        || isDrawn(
                                context.getRequiredTestClass().getName(),
                                context.getRequiredTestMethod().getName(),
                                SEED,
                                OF_TEN)
                ? ConditionEvaluationResult.enabled("drawn, or all are run")
                : ConditionEvaluationResult.disabled("not drawn by seed " + SEED);
    }

    static boolean isDrawn(String type, String method, long seed, int ofTen) {
        return new Random(seed * 31 + Objects.hash(type, method)).nextInt(TEN) < ofTen;
    }
}

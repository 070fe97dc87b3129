package io.archipelago.local;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Of the tests of a class a few, which a seed picks and another run picks otherwise; all with {@code ./vc test --all}. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Drawn.Lot.class)
@interface Drawn {

    /** How many. */
    int value();

    final class Lot implements ExecutionCondition {

        private static final long SEED = Long.getLong("vc.tests.seed", System.nanoTime());

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (context.getTestMethod().isEmpty() || Boolean.getBoolean("vc.tests.all")) {
                return ConditionEvaluationResult.enabled("all are run");
            }
            String sentence = "seed " + SEED + " (-Dvc.tests.seed=" + SEED + " repeats it)";
            return drawn(context.getRequiredTestClass())
                            .contains(context.getRequiredTestMethod().getName())
                    ? ConditionEvaluationResult.enabled("drawn by " + sentence)
                    : ConditionEvaluationResult.disabled("not drawn by " + sentence);
        }

        private static List<String> drawn(Class<?> tests) {
            List<String> names = Arrays.stream(tests.getDeclaredMethods())
                    .filter(method -> method.isAnnotationPresent(Test.class))
                    .map(Method::getName)
                    .sorted()
                    .collect(Collectors.toList());
            Collections.shuffle(names, new Random(SEED));
            int few = tests.getAnnotation(Drawn.class).value();
            return names.subList(0, Math.min(few, names.size()));
        }
    }
}

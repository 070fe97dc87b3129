package io.archipelago.lab;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Left out, with a sentence that {@code ./vc test} repeats, where this machine can have no lab. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnLab.Condition.class)
@interface OnLab {

    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            Optional<String> obstacle = Machine.obstacle();
            if (obstacle.isEmpty()) {
                return ConditionEvaluationResult.enabled("this machine can have a lab");
            }
            String sentence = "The lab tests were left out: they need root on Debian with /dev/net/tun, and "
                    + obstacle.get() + ".";
            System.out.println(sentence);
            return ConditionEvaluationResult.disabled(sentence);
        }
    }
}

package io.archipelago.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
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
                install();
                return ConditionEvaluationResult.enabled("this machine can have a lab");
            }
            String sentence = "The lab tests were left out: they need root on Debian with /dev/net/tun, and "
                    + obstacle.get() + ".";
            System.out.println(sentence);
            return ConditionEvaluationResult.disabled(sentence);
        }

        /** Before any test, for some of them measure how long a start takes. */
        private static void install() {
            try {
                Packages.install(System.out::println);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while packages were installed", e);
            }
        }
    }
}

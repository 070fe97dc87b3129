package io.archipelago.testkit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The modules that the test kit itself is made of, which can not use it. */
class ArchitectureTest {

    @ParameterizedTest
    @ValueSource(strings = {"io.archipelago.contracts", "io.archipelago.wire", "io.archipelago.local"})
    void keepsTheRules(String module) {
        ArchitectureRules.check(module);
    }
}

package io.archipelago.bench;

import io.archipelago.testkit.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void keepsTheRules() {
        ArchitectureRules.check("io.archipelago.bench");
    }
}

package io.archipelago.agent.drivers.segment;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.archipelago.agent.os.Programs;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ModulesTest {

    @Test
    void oneThatIsNoModuleMayBeBuiltIntoTheKernel() {
        Modules modules = new Modules(new Programs(Duration.ofSeconds(10)));

        assertThatCode(() -> modules.load("no_such_module")).doesNotThrowAnyException();
    }
}

package io.archipelago.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ContainerServersTest {

    @Test
    @Timeout(5)
    void saysAtOnceThatThereIsNoEngine() {
        assumeFalse(Files.exists(Path.of("/var/run/docker.sock")) || System.getenv("DOCKER_HOST") != null);

        assertThatThrownBy(ContainerServers::new).hasMessageContaining("no container engine");
    }
}

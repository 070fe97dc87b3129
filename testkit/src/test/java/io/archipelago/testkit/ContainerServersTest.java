package io.archipelago.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(5)
class ContainerServersTest {

    @TempDir
    Path directory;

    @Test
    void saysAtOnceThatThereIsNoEngine() {
        Path missing = directory.resolve("missing.sock");

        assertThatThrownBy(() -> ContainerServers.requireEngine(null, missing))
                .hasMessage("no container engine: nobody answers on " + missing
                        + ". Start one, or name one in DOCKER_HOST, or run the tests without containers.");
        assertThatThrownBy(() -> ContainerServers.requireEngine("unix://" + missing, Path.of("/")))
                .hasMessageStartingWith("no container engine");
    }

    @Test
    void saysThatTheEngineIsGoneAlthoughItsSocketIsThere() throws IOException {
        Path socket = directory.resolve("engine.sock");
        try (ServerSocketChannel engine = listen(socket)) {
            assertThatCode(() -> ContainerServers.requireEngine(null, socket)).doesNotThrowAnyException();
        }

        assertThatThrownBy(() -> ContainerServers.requireEngine(null, socket))
                .hasMessageStartingWith("no container engine");
    }

    @Test
    void leavesAnEngineElsewhereToItsClient() {
        assertThatCode(() -> ContainerServers.requireEngine("tcp://engine:2375", directory))
                .doesNotThrowAnyException();
    }

    private static ServerSocketChannel listen(Path socket) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }
}

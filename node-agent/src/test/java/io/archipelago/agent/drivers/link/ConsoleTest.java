package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.os.Tools;
import io.archipelago.contracts.host.LinkDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an appliance is told. */
class ConsoleTest {

    @TempDir
    Path directory;

    @Test
    void isToldToCloseBeforeItIsToldToOpenThoughNothingIsRemembered() throws Exception {
        // Given
        assumeThat(Tools.problems(List.of("ip"))).isEmpty();
        script("close", 0);
        script("open", 75);
        LinuxLinkDriver driver = new LinuxLinkDriver(
                new Programs(Duration.ofSeconds(10)),
                segment -> Optional.of(new Place("no-such-cluster", "bridge")),
                LinkSettings.of(
                        directory.resolve("keys"), directory.resolve("run"), directory.resolve("state"), directory));

        // When
        assertThatThrownBy(() -> driver.apply(
                        SiteFixture.linkKey(), SiteFixture.link(20001, LinkDriver.CONSOLE, 77), SiteFixture.NINE))
                .isInstanceOfSatisfying(
                        DriverFault.class,
                        fault ->
                                assertThat(fault.isWaiting()).as(fault.reason()).isTrue());

        // Then
        assertThat(Files.readAllLines(directory.resolve("told"))).isEqualTo(List.of("close", "open"));
    }

    private void script(String name, int code) throws IOException {
        Path script = directory.resolve(name);
        Files.writeString(script, "#!/bin/sh\necho %s >> %s/told\nexit %d\n".formatted(name, directory, code));
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }
}

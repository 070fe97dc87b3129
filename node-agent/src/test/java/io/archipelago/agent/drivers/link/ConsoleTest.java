package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an appliance is told. */
class ConsoleTest {

    @TempDir
    Path directory;

    @Test
    void isToldToCloseBeforeItIsToldToOpen() throws Exception {
        // Given
        script("close", 0);
        script("open", 75);
        Programs programs = new Programs(Duration.ofSeconds(10));
        Console console = new Console(
                programs,
                new Devices(programs),
                new Records(directory.resolve("run"), directory.resolve("state")),
                directory);
        Link link = new Link(SiteFixture.linkKey(), SiteFixture.link(20001), new Place("cluster", "bridge"));

        // When
        assertThatThrownBy(() -> console.open(link))
                .isInstanceOfSatisfying(
                        DriverFault.class,
                        fault -> assertThat(fault.isWaiting()).isTrue());

        // Then
        assertThat(Files.readAllLines(directory.resolve("told"))).isEqualTo(List.of("close", "open"));
    }

    private void script(String name, int code) throws IOException {
        Path script = directory.resolve(name);
        Files.writeString(script, "#!/bin/sh\necho %s >> %s/told\nexit %d\n".formatted(name, directory, code));
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }
}

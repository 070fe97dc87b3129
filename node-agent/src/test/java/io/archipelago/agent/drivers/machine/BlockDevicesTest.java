package io.archipelago.agent.drivers.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockDevicesTest {

    @TempDir
    Path directory;

    @Test
    void tellsTheDeviceToWhichAPathLeads() throws Exception {
        // Given
        Path link = Files.createSymbolicLink(directory.resolve("disk"), Path.of("/dev/null"));

        // Then: as in null(4) and full(4).
        assertThat(BlockDevices.number(link)).isEqualTo("1:3");
        assertThat(BlockDevices.number(Path.of("/dev/full"))).isEqualTo("1:7");
    }

    @Test
    void tellsOfNoDeviceWhereThereIsNone() throws Exception {
        assertThat(BlockDevices.number(directory.resolve("none"))).isEmpty();
        assertThat(BlockDevices.number(Files.createFile(directory.resolve("file"))))
                .isEmpty();
    }
}

package io.archipelago.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchivesTest {

    @TempDir
    Path directory;

    @Test
    void fillsADirectoryOnce() throws Exception {
        AtomicInteger fillings = new AtomicInteger();

        Path first = Archives.cached(directory, "server-1", empty -> fillings.incrementAndGet());
        Path second = Archives.cached(directory, "server-1", empty -> fillings.incrementAndGet());

        assertThat(first).isEqualTo(second).isDirectory();
        assertThat(fillings).hasValue(1);
    }

    @Test
    void startsFromNothingAfterAFillingThatWasCutOff() throws Exception {
        // Given
        assertThatThrownBy(() -> Archives.cached(directory, "server-1", empty -> {
                    Files.createFile(empty.resolve("half"));
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");

        // When
        Path filled = Archives.cached(directory, "server-1", empty -> Files.createFile(empty.resolve("whole")));

        // Then
        assertThat(filled.resolve("whole")).exists();
        assertThat(filled.resolve("half")).doesNotExist();
    }

    @Test
    void keepsWhatMayBeExecuted() throws Exception {
        Archives.unpackTar(new ByteArrayInputStream(tar("top/bin/run", 0755)), directory, 1);

        assertThat(directory.resolve("bin/run")).isExecutable().hasContent("content");
    }

    @Test
    void refusesAFileOutsideOfTheTarget() {
        assertThatThrownBy(() -> Archives.unpackTar(new ByteArrayInputStream(tar("../../evil", 0644)), directory, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("outside");
    }

    private static byte[] tar(String name, int mode) throws IOException {
        byte[] content = "content".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry(name, true);
            entry.setMode(mode);
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }
}

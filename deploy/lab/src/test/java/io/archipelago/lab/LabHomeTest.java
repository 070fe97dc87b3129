package io.archipelago.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabHomeTest {

    @TempDir
    Path folder;

    @Test
    void aDirectoryOfSomebodyElseIsNeitherUsedNorRemoved() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "");
        LabHome home = new LabHome(folder);

        assertThatThrownBy(home::claim).isInstanceOf(IOException.class).hasMessageContaining("not of a lab");
        home.remove();

        assertThat(precious).exists();
    }

    @Test
    void isClosedToEverybodyElseAndGoesWithoutATrace() throws IOException {
        LabHome home = new LabHome(folder.resolve("vc/lab"));
        home.claim();
        home.fill(Topology.hosts());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.root())))
                .isEqualTo("rwx------");
        assertThat(home.bin().resolve("init")).isExecutable();
        home.remove();

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatHostsHaveWrittenOutlivesANewStart() throws IOException {
        LabHome home = new LabHome(folder.resolve("lab"));
        home.claim();
        home.fill(Topology.hosts());
        Path kept = Files.writeString(home.host("tokyo-c01").resolve("state/kept"), "x");

        home.claim();
        home.fill(Topology.hosts());

        assertThat(kept).hasContent("x");
    }

    @Test
    void aPathThatAKernelsCommandLineCanNotHoldIsRefused() {
        assertThatThrownBy(() -> new LabHome(folder.resolve("my lab"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LabHome(folder.resolve("a,b"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void remembersWhatWasStarted() throws IOException {
        LabHome home = new LabHome(folder.resolve("lab"));
        assertThat(home.record()).isEmpty();
        home.claim();
        LabRecord record = LabRecord.begun(Settings.standard().only("wan")).completed(12.5);
        home.write(record);

        assertThat(home.record()).contains(record);
        home.forgetRecord();
        assertThat(home.record()).isEmpty();
    }

    @Test
    void onlyOneAtATimeStartsOrEndsALab() throws IOException {
        LabHome home = new LabHome(folder.resolve("lab"));
        home.claim();
        try (LabLock lock = LabLock.take(home)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> LabLock.take(home))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("try again");
        }
        LabLock.take(home).close();
    }
}

package io.archipelago.agent.drivers.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsolesTest {

    @TempDir
    Path state;

    private Consoles consoles;

    @BeforeEach
    void thereIsRoomForTenBytes() {
        consoles = new Consoles(state.resolve("consoles"), 10);
    }

    @Test
    void keepsWhatIsShort() throws Exception {
        Path file = consoles.file("a");
        Files.writeString(file, "0123456789");

        consoles.trim("a");

        assertThat(file).hasContent("0123456789");
        assertThat(file.resolveSibling("a.log.old")).doesNotExist();
    }

    @Test
    void putsAsideWhatIsLongWhileItIsBeingWritten() throws Exception {
        Path file = consoles.file("a");
        try (OutputStream qemu = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            qemu.write("before its limit".getBytes());

            consoles.trim("a");
            qemu.write("after".getBytes());
        }

        assertThat(file).hasContent("after");
        assertThat(file.resolveSibling("a.log.old")).hasContent("before its limit");
    }

    @Test
    void keepsNothingOfMachinesThatAreNoMore() throws Exception {
        Path kept = Files.writeString(consoles.file("a"), "x");
        Path gone = Files.writeString(consoles.file("a-lost"), "x");
        Path old = Files.writeString(gone.resolveSibling("a-lost.log.old"), "x");

        consoles.keepOnly(Set.of("a", "never-there"));

        assertThat(kept).exists();
        assertThat(gone).doesNotExist();
        assertThat(old).doesNotExist();
    }

    @Test
    void hasNothingToKeepBeforeTheFirstMachine() throws Exception {
        consoles.keepOnly(Set.of());

        assertThat(state).isEmptyDirectory();
    }

    @Test
    void doesNotGrowWhereThereIsNoRoomForACopy() throws Exception {
        Path file = consoles.file("a");
        Files.writeString(file, "longer than it may be");
        Path inTheWay = Files.createDirectories(file.resolveSibling("a.log.old").resolve("directory"));

        consoles.trim("a");

        assertThat(file).isEmptyFile();
        assertThat(inTheWay).exists();
    }

    @Test
    void letsNobodyElseRead() throws Exception {
        assertThat(Files.getPosixFilePermissions(consoles.file("a").getParent()))
                .hasSize(3);
    }

    @Test
    void removesAllOfOneMachineAndNothingOfAnother() throws Exception {
        for (String name : new String[] {"a.log", "a.log.old", "a.log.0", "ab.log"}) {
            Files.writeString(consoles.file("a").resolveSibling(name), "said");
        }

        consoles.remove("a");

        assertThat(state.resolve("consoles"))
                .isDirectoryContaining("glob:**ab.log")
                .isDirectoryNotContaining("glob:**/a.*");
    }

    @Test
    void hasNothingToRemoveOfAMachineThatNeverWas() throws Exception {
        consoles.trim("a");
        consoles.remove("a");

        assertThat(state).isEmptyDirectory();
    }
}

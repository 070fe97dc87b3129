package io.archipelago.agent.drivers.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.SiteFixture;
import io.archipelago.agent.drivers.DriverFault;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheSpaceTest {

    private static final long GIB = 1L << 30;

    @TempDir
    Path directory;

    private Instant now = SiteFixture.NINE;
    private long free = 30 * GIB;

    @Test
    void itIsWhatIsWantedIfThatIsFree() throws Exception {
        assertThat(space(20 * GIB).look()).satisfies(found -> {
            assertThat(found.bytes()).isEqualTo(20 * GIB);
            assertThat(found.problem()).isEmpty();
        });
    }

    @Test
    void whatOthersHaveTakenIsNotPromised() throws Exception {
        assertThat(space(40 * GIB).look()).satisfies(found -> {
            assertThat(found.bytes()).isEqualTo(30 * GIB);
            assertThat(found.problem())
                    .hasValueSatisfying(problem -> assertThat(problem)
                            .contains("has 30 GiB for caches", "agent.host.cache-bytes says 40 GiB"));
        });
    }

    @Test
    void whatCachesKeepAlreadyCountsAsTheirs() throws Exception {
        // Given
        keeps(10 * GIB);

        // Then
        assertThat(space(40 * GIB).look().bytes()).isEqualTo(40 * GIB);
    }

    @Test
    void itIsTheSameUntilTheNextCountHoweverMuchComesAndGoes() throws Exception {
        // Given
        CacheSpace space = space(40 * GIB);
        keeps(5 * GIB);
        CacheSpace.Found first = space.look();
        assertThat(first.bytes()).isEqualTo(35 * GIB);

        // When
        free -= 3 * GIB;

        // Then
        assertThat(space.look()).isEqualTo(first);
        now = now.plus(CacheSpace.COUNT);
        assertThat(space.look().bytes()).isEqualTo(32 * GIB);
        free = 50 * GIB;
        assertThat(space.look().bytes()).as("there is enough").isEqualTo(40 * GIB);
    }

    @Test
    void aDirectoryThatCanNotBeIsTold() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> CacheSpace.of(file, GIB).look())
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("correct agent.host.cache-directory");
    }

    private CacheSpace space(long wanted) {
        return new CacheSpace(directory, wanted, () -> free, new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        });
    }

    /** A file with a hole of that size. */
    private void keeps(long bytes) throws Exception {
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("00000001").toFile(), "rw")) {
            file.setLength(bytes);
        }
    }
}

package io.archipelago.agent.drivers.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.drivers.DriverFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordsTest {

    private static final Duration KEEPS_WRITES = Duration.ofMinutes(7);
    private static final Login LOGIN =
            new Login("iqn.t", "10.0.0.1:3260", "iqn.host", "user", "secret-number-1", KEEPS_WRITES);

    @TempDir
    private Path directory;

    private Path place;

    private Path file;
    private Records records;

    @BeforeEach
    void open() throws Exception {
        place = directory.resolve("nodes");
        file = place.resolve("iqn.t").resolve("10.0.0.1,3260");
        Files.createDirectories(file.getParent());
        Files.write(
                file, List.of("# BEGIN", "node.name = iqn.t", "node.session.auth.authmethod = None", "# END RECORD"));
        records = new Records(List.of(place.resolve("nosuch"), place));
    }

    @Test
    void takeWhatASessionIsBegunWith() throws Exception {
        assertThat(records.agree(LOGIN)).isFalse();

        records.amend(LOGIN);

        assertThat(records.agree(LOGIN)).isTrue();
        assertThat(Files.readAllLines(file))
                .contains(
                        "node.name = iqn.t",
                        "node.session.auth.authmethod = CHAP",
                        "iface.initiatorname = iqn.host",
                        "node.session.timeo.replacement_timeout = 420")
                .doesNotContain("node.session.auth.authmethod = None")
                .endsWith("# END RECORD");
    }

    @Test
    void doNotAgreeWithAnotherSecret() throws Exception {
        records.amend(LOGIN);

        assertThat(records.agree(
                        new Login("iqn.t", "10.0.0.1:3260", "iqn.host", "user", "secret-number-2", KEEPS_WRITES)))
                .isFalse();
    }

    @Test
    void letOnlyTheirOwnerReadTheSecret() throws Exception {
        records.amend(LOGIN);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(LOGIN.toString()).doesNotContain("secret-number-1");
    }

    @Test
    void nothingIsLeftOfAReplacementThatWasCutOff() throws Exception {
        Path half = Files.createFile(directory.resolve("archipelago-iqn.t.new"));

        records.clear("iqn.t");

        assertThat(half).doesNotExist();
    }

    @Test
    void areReplacedAsAWhole() throws Exception {
        // Given
        Path before = Files.createLink(directory.resolve("before"), file);
        List<String> lines = Files.readAllLines(before);

        // When
        records.amend(LOGIN);

        // Then
        assertThat(Files.readAllLines(before)).as("whoever reads it meanwhile").isEqualTo(lines);
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(place, before);
        }
    }

    @Test
    void sayThatTheyAreElsewhere() {
        Login other = new Login("iqn.other", "10.0.0.1:3260", "iqn.host", "user", "secret-number-1", KEEPS_WRITES);

        assertThatThrownBy(() -> records.amend(other))
                .isInstanceOf(DriverFault.class)
                .hasMessage("open-iscsi has written down nothing of iqn.other in %s: it keeps that elsewhere"
                        .formatted(place));
    }

    @Test
    void knowNothingWhereOpenIscsiHasKeptNothing() throws Exception {
        assertThat(new Records(List.of(place.resolve("nosuch"))).targets()).isEmpty();
        assertThat(records.targets()).containsExactly("iqn.t");
    }
}

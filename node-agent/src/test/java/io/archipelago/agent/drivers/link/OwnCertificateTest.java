package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import io.archipelago.agent.os.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The certificate that a gateway proves itself with in OpenVPN. */
class OwnCertificateTest {

    @TempDir
    Path folder;

    private Path directory;

    @BeforeEach
    void whoHasOpenSsl() {
        assumeThat(Tools.problems(List.of("openssl"))).as("openssl(1)").isEmpty();
        directory = folder.resolve("keys");
    }

    @Test
    void isTheSameEverAfter() throws Exception {
        // Given
        String first = own().fingerprint();
        byte[] key = Files.readAllBytes(own().privateKey());

        // Then
        assertThat(first).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
        assertThat(own().fingerprint()).as("for the next agent").isEqualTo(first);
        assertThat(own().privateKey()).hasBinaryContent(key);
    }

    @Test
    void isReadableToItsOwnerAlone() throws Exception {
        own().fingerprint();

        assertThat(permissions(own().privateKey())).isEqualTo("rw-------");
        assertThat(permissions(directory)).isEqualTo("rwx------");
    }

    @Test
    void isAnotherOneForEveryGateway() throws Exception {
        String first = own().fingerprint();

        directory = folder.resolve("other");

        assertThat(own().fingerprint()).isNotEqualTo(first);
    }

    /** An agent that was killed while it made one has left a key without its certificate: nobody was told of that. */
    @Test
    void isMadeWholeFromHalf() throws Exception {
        // Given
        own().fingerprint();
        byte[] half = Files.readAllBytes(own().privateKey());
        Files.delete(own().certificate());

        // When
        String fingerprint = own().fingerprint();

        // Then
        assertThat(Files.readAllBytes(own().privateKey())).isNotEqualTo(half);
        assertThat(own().fingerprint()).isEqualTo(fingerprint);
    }

    @Test
    void isNeverMadeAnewUnasked() throws Exception {
        own().fingerprint();
        Files.writeString(own().certificate(), "damaged");

        assertThatThrownBy(() -> own().fingerprint())
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("holds no certificate")
                .hasMessageContaining("peers have to be told");
        assertThat(own().certificate()).hasContent("damaged");
    }

    private OwnCertificate own() {
        return new OwnCertificate(directory, new Programs(Duration.ofSeconds(30)));
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}

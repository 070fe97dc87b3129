package io.archipelago.agent.drivers.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Base64;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key that a gateway proves itself with in WireGuard. */
class OwnWireGuardKeyTest {

    @TempDir
    Path directory;

    @Test
    void isTheSameEverAfter() throws Exception {
        // Given
        String first = new OwnWireGuardKey(directory).publicKey();

        // Then
        assertThat(new OwnWireGuardKey(directory).publicKey()).isEqualTo(first);
        assertThat(Base64.getDecoder().decode(first)).hasSize(32);
    }

    @Test
    void isReadableToItsOwnerAlone() throws Exception {
        // Given
        OwnWireGuardKey key = new OwnWireGuardKey(directory);
        key.publicKey();

        // Then
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key.privateKey())))
                .isEqualTo("rw-------");
    }

    @Test
    void hasHalvesThatBelongTogether() throws Exception {
        // Given
        OwnWireGuardKey key = new OwnWireGuardKey(directory);
        byte[] known = Base64.getDecoder().decode(key.publicKey());
        byte[] secret =
                Base64.getDecoder().decode(Files.readString(key.privateKey()).strip());
        KeyFactory factory = KeyFactory.getInstance("X25519");
        KeyPair other = KeyPairGenerator.getInstance("X25519").generateKeyPair();

        // When
        KeyAgreement ours = KeyAgreement.getInstance("X25519");
        ours.init(factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret)));
        ours.doPhase(other.getPublic(), true);
        KeyAgreement theirs = KeyAgreement.getInstance("X25519");
        theirs.init(other.getPrivate());
        theirs.doPhase(factory.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, number(known))), true);

        // Then
        assertThat(ours.generateSecret()).isEqualTo(theirs.generateSecret());
    }

    private static BigInteger number(byte[] lastByteFirst) {
        byte[] firstByteFirst = new byte[lastByteFirst.length];
        for (int i = 0; i < lastByteFirst.length; i++) {
            firstByteFirst[i] = lastByteFirst[lastByteFirst.length - 1 - i];
        }
        return new BigInteger(1, firstByteFirst);
    }
}

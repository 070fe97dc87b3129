package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.XECPrivateKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;

/** The key with which this gateway proves itself to others in WireGuard: made at the first start, good for ever. */
final class OwnWireGuardKey {

    /** Curve25519: the number of bytes of a key of either half. */
    private static final int BYTES = 32;

    private final Path directory;

    /**
     * @param directory where it is kept; only root can read the key in it
     */
    OwnWireGuardKey(Path directory) {
        this.directory = directory;
    }

    /** The file with the secret half, as {@code wg} reads it. */
    Path privateKey() {
        return directory.resolve("wireguard.key");
    }

    /** The public half as {@code wg} writes it; a pair is made if there is none. */
    synchronized String publicKey() throws DriverFault {
        Path file = directory.resolve("wireguard.pub");
        try {
            if (!Files.exists(file)) {
                make(file);
            }
            return Files.readString(file).strip();
        } catch (IOException | GeneralSecurityException e) {
            throw DriverFault.failed("no key for links can be kept in %s: %s".formatted(directory, e.getMessage()));
        }
    }

    /** The public half comes to its place last: without it a secret one that is there counts for nothing. */
    private void make(Path file) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519");
        generator.initialize(NamedParameterSpec.X25519);
        KeyPair pair = generator.generateKeyPair();
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        put(privateKey(), text(secret((XECPrivateKey) pair.getPrivate())));
        put(file, text(known((XECPublicKey) pair.getPublic())));
    }

    private static byte[] secret(XECPrivateKey key) {
        return key.getScalar().orElseThrow(() -> new IllegalStateException("a key just made shows what it is"));
    }

    /** The number from its last byte to its first (RFC 7748, section 5). */
    private static byte[] known(XECPublicKey key) {
        byte[] number = key.getU().toByteArray();
        byte[] text = new byte[BYTES];
        for (int i = 0; i < number.length && i < BYTES; i++) {
            text[i] = number[number.length - 1 - i];
        }
        return text;
    }

    private static String text(byte[] key) {
        return Base64.getEncoder().encodeToString(key) + "\n";
    }

    private static void put(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.deleteIfExists(next);
        Files.createFile(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}

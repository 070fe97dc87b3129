package io.archipelago.agent.drivers.link;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;

/**
 * The certificate with which this gateway proves itself to others in TLS: signed by itself, made at the first start, good for ever. Others
 * know it by its fingerprint.
 */
final class OwnCertificate {

    /** It is as good as the fingerprint that was announced, whatever the date. */
    private static final String DAYS = "36500";

    private final Path directory;
    private final Programs programs;

    /**
     * @param directory where it is kept; only root can read the key in it
     */
    OwnCertificate(Path directory, Programs programs) {
        this.directory = directory;
        this.programs = programs;
    }

    Path certificate() {
        return directory.resolve("openvpn.crt");
    }

    Path privateKey() {
        return directory.resolve("openvpn.key");
    }

    /** The SHA-256 of the certificate as {@code AB:CD:..}; it is made if there is none. */
    synchronized String fingerprint() throws DriverFault {
        if (!Files.exists(certificate())) {
            make();
        }
        try (InputStream in = Files.newInputStream(certificate())) {
            byte[] encoded = CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getEncoded();
            return HexFormat.ofDelimiter(":")
                    .withUpperCase()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
        } catch (IOException | GeneralSecurityException e) {
            throw DriverFault.failed(
                    ("%s holds no certificate (%s): remove it to have a new one made; peers have to be told of its"
                                    + " fingerprint then")
                            .formatted(certificate(), e.getMessage()));
        }
    }

    /** The certificate comes to its place last: without it a key that is there counts for nothing. */
    private void make() throws DriverFault {
        Path key = directory.resolve("openvpn.key.next");
        Path certificate = directory.resolve("openvpn.crt.next");
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.deleteIfExists(key);
            Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            programs.run(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:prime256v1",
                    "-nodes",
                    "-days",
                    DAYS,
                    "-subj",
                    "/CN=archipelago-gateway",
                    "-keyout",
                    key.toString(),
                    "-out",
                    certificate.toString());
            Files.move(key, privateKey(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Files.move(certificate, certificate(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw DriverFault.failed("no key for links can be kept in %s: %s".formatted(directory, e.getMessage()));
        }
    }
}

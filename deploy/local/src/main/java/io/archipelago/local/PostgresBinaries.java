package io.archipelago.local;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL programs, unpacked from the Maven artefact that carries them. */
final class PostgresBinaries {

    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final int NAME_DIGITS = 12;

    private static @Nullable Path unpacked;

    private PostgresBinaries() {}

    /** The folder that holds {@code bin}, {@code lib} and {@code share}. */
    static synchronized Path directory() throws IOException, InterruptedException {
        Path directory = unpacked;
        if (directory == null) {
            // Named by content: a newer artefact is unpacked beside the old one, which may be in use.
            directory = Archives.cached(Cache.directory(), "postgres-" + digest(), PostgresBinaries::unpack);
            unpacked = directory;
        }
        return directory;
    }

    private static void unpack(Path empty) throws IOException {
        try (InputStream archive = open()) {
            Archives.unpackTar(new XZInputStream(archive), empty, 0);
        }
    }

    private static String digest() throws IOException {
        try (DigestInputStream archive = new DigestInputStream(open(), MessageDigest.getInstance("SHA-256"))) {
            archive.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(archive.getMessageDigest().digest()).substring(0, NAME_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static InputStream open() throws IOException {
        String architecture = System.getProperty("os.arch");
        if (!architecture.equals("amd64")) {
            throw new IOException(
                    "PostgreSQL is packaged for Linux on x86-64 only, and this Java is for " + architecture);
        }
        InputStream archive = PostgresBinaries.class.getResourceAsStream(ARCHIVE);
        if (archive == null) {
            throw new FileNotFoundException("no PostgreSQL: " + ARCHIVE.substring(1) + " is not on the class path");
        }
        return archive;
    }
}

package io.archipelago.agent.state;

import io.archipelago.agent.host.SpecCopy;
import io.archipelago.agent.world.SimHost;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.wire.Json;
import io.archipelago.wire.Sealed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * The directory where an agent keeps what its host remembers: {@code lock}, {@code epoch}, {@code machine-id}, {@code sealing-key},
 * {@code specs.json} and, of a simulated host, {@code world.json}. Whoever has it open is the host's only agent on this machine.
 */
public final class HostDirectory implements AutoCloseable {

    private final HostId host;
    private final Path state;
    private final Path directory;
    private final FileChannel lockFile;
    private final FileLock lock;

    private HostDirectory(HostId host, Path state, FileChannel lockFile, FileLock lock) {
        this.host = host;
        this.state = state;
        this.directory = state.resolve(host.value());
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Takes a host's directory, and makes it if there is none.
     *
     * @throws SecondAgent if an agent for this host runs already
     * @throws IOException if the directory can not be used
     */
    public static HostDirectory open(Path stateDirectory, HostId host) throws IOException, SecondAgent {
        // Programs do not run where the agent does, and are told where to find files.
        Path state = stateDirectory.toAbsolutePath();
        Path directory = Files.createDirectories(state.resolve(host.value()));
        FileChannel lockFile =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = lockFile.tryLock();
            if (lock != null) {
                return new HostDirectory(host, state, lockFile, lock);
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process: the same refusal
        }
        lockFile.close();
        throw new SecondAgent(host, directory);
    }

    /**
     * The epoch of an agent that starts now: higher than any before. It is at least the clock's seconds, so that it also rises when the
     * directory was lost.
     */
    public long nextEpoch(Instant now) throws IOException {
        AtomicFile file = new AtomicFile(directory.resolve("epoch"), true);
        Optional<byte[]> last = file.read();
        long before;
        try {
            before = last.isEmpty() ? 0 : Long.parseLong(text(last.get()).trim());
        } catch (NumberFormatException e) {
            throw new IOException(file.path() + " holds no number; remove it to start from the clock", e);
        }
        long epoch = Math.max(before + 1, now.getEpochSecond());
        file.write(bytes(Long.toString(epoch)));
        return epoch;
    }

    /** What tells this machine from another that bears the same name; made at the first start. */
    public String machineId() throws IOException {
        AtomicFile file = new AtomicFile(directory.resolve("machine-id"), true);
        Optional<byte[]> known = file.read();
        if (known.isPresent()) {
            return text(known.get()).trim();
        }
        String made = UUID.randomUUID().toString();
        file.write(bytes(made));
        return made;
    }

    /** The host's key pair for secrets; made at the first start. */
    public SealingKey sealingKey() throws IOException {
        AtomicFile file = new AtomicFile(directory.resolve("sealing-key"), true);
        Optional<byte[]> known = file.read();
        if (known.isPresent()) {
            String[] lines = text(known.get()).trim().split("\n");
            if (lines.length != 2) {
                throw new IOException(file.path() + " holds no key pair; remove it to have a new one made");
            }
            try {
                byte[] secret = Base64.getDecoder().decode(lines[1]);
                return new SealingKey(
                        lines[0], KeyFactory.getInstance("X25519").generatePrivate(new PKCS8EncodedKeySpec(secret)));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new IOException(file.path() + " holds no key pair; remove it to have a new one made", e);
            }
        }
        KeyPair made = Sealed.newKeyPair();
        String announced = Sealed.text(made.getPublic());
        String secret = Base64.getEncoder().encodeToString(made.getPrivate().getEncoded());
        file.write(bytes(announced + "\n" + secret + "\n"));
        return new SealingKey(announced, made.getPrivate());
    }

    /** What the last agent kept; nothing if there is none or its checksum is wrong. */
    public SpecCopy specs() throws IOException {
        Optional<byte[]> written = new AtomicFile(directory.resolve("specs.json"), true).read();
        if (written.isEmpty()) {
            return SpecCopy.EMPTY;
        }
        String content = text(written.get());
        int line = content.indexOf('\n');
        if (line < 0 || !content.substring(0, line).equals(checksum(content.substring(line + 1)))) {
            return SpecCopy.EMPTY;
        }
        return Json.read(content.substring(line + 1), SpecCopy.class);
    }

    /** Keeps a copy, with its checksum in the first line. */
    public void keep(SpecCopy copy) {
        String content = Json.write(copy);
        write("specs.json", true, checksum(content) + "\n" + content);
    }

    /** What was on a simulated host when the process ended. */
    public Optional<SimHost.Contents> world() throws IOException {
        return new AtomicFile(directory.resolve("world.json"), false)
                .read()
                .map(written -> Json.read(text(written), SimHost.Contents.class));
    }

    /** Keeps what is on a simulated host. */
    public void keep(SimHost.Contents contents) {
        write("world.json", false, Json.write(contents));
    }

    public HostId host() {
        return host;
    }

    /** Where the directories of all hosts of this machine lie, from the root. */
    public Path state() {
        return state;
    }

    /** Lets another agent have the host. */
    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }

    private void write(String name, boolean durable, String content) {
        try {
            new AtomicFile(directory.resolve(name), durable).write(bytes(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String checksum(String content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(content)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * A host's key for secrets.
     *
     * @param announced the public half, as the inventory bears it
     * @param secret the half that never leaves the host
     */
    public record SealingKey(String announced, PrivateKey secret) {
        /** What was sealed to this host; nothing if it was sealed to another. */
        public Optional<String> unseal(String sealed) {
            try {
                return Optional.of(Sealed.unseal(secret, sealed));
            } catch (Sealed.CannotUnseal e) {
                return Optional.empty();
            }
        }

        /** Says nothing of the secret half. */
        @Override
        public String toString() {
            return "SealingKey[" + announced + "]";
        }
    }

    /** An agent for the host runs already. */
    public static final class SecondAgent extends Exception {
        private static final long serialVersionUID = 1L;

        SecondAgent(HostId host, Path directory) {
            super("an agent for " + host + " runs already: it holds " + directory.resolve("lock")
                    + ". Stop it first, or give this one another state directory and other host names.");
        }
    }
}

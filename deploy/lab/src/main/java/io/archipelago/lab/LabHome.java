package io.archipelago.lab;

import io.archipelago.local.Archives;
import io.archipelago.local.JsonFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of a lab. The hosts see it as {@code /lab}: it is how files come to them and leave them. It carries a mark, without which
 * nothing of it is removed, and is root's alone, for it holds what opens the hosts.
 */
record LabHome(Path root) {

    /** What the hosts run that is not of the machine. */
    private static final List<String> GUEST_FILES =
            List.of("init", "remote", "keep", "show", "snapshot", "wan", "compute", "gateway");

    private static final int TOKEN_BITS = 128;

    LabHome {
        root = root.toAbsolutePath().normalize();
        // The path stands in a kernel's command line.
        if (!root.toString().matches("[A-Za-z0-9/._+-]+")) {
            throw new IllegalArgumentException(
                    "a lab can not be kept in " + root + ": only letters, digits and / . _ + - may be in its path");
        }
    }

    /** Makes it; a directory of somebody else's is refused. */
    void claim() throws IOException {
        if (!Files.exists(mark())) {
            if (Files.exists(root) && !isEmpty(root)) {
                throw new IOException(root + " holds files that are not of a lab, so none is kept there");
            }
            Files.createDirectories(root);
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
            Files.writeString(mark(), "Made by ./vc lab up; ./vc lab down removes this directory.\n");
        }
    }

    /** Fills it, or brings it up to date; what hosts have written stays. */
    void fill(List<HostPlan> hosts) throws IOException {
        for (Path directory : List.of(bin(), logs(), run(), images())) {
            Files.createDirectories(directory);
        }
        for (String name : GUEST_FILES) {
            writeProgram(name);
        }
        Files.writeString(root.resolve("hosts.txt"), names(hosts));
        Files.writeString(token(), new BigInteger(TOKEN_BITS, new SecureRandom()).toString(16) + "\n");
        for (HostPlan host : hosts) {
            create(host);
        }
    }

    private void create(HostPlan plan) throws IOException {
        Path host = host(plan.name());
        Files.createDirectories(host.resolve("programs"));
        // Seen as /var/lib/archipelago, where not only root has to find its way.
        Files.createDirectories(host.resolve("state"));
        StringBuilder nics = new StringBuilder();
        for (Nic nic : plan.nics()) {
            nics.append(nic.name())
                    .append(' ')
                    .append(nic.address() == null ? "-" : nic.address())
                    .append('\n');
        }
        Files.writeString(host.resolve("nics"), nics);
        String atBoot = switch (plan.role()) {
            case WAN -> "/lab/bin/wan join";
            case GATEWAY -> "source /lab/bin/gateway";
            case COMPUTE -> "source /lab/bin/compute";
            case STORAGE -> "";
        };
        Files.writeString(host.resolve("boot"), atBoot + "\n");
    }

    private static String names(List<HostPlan> hosts) {
        StringBuilder names = new StringBuilder("127.0.0.1 localhost\n");
        for (HostPlan host : hosts) {
            names.append(host.address()).append(' ').append(host.name()).append('\n');
        }
        return names.toString();
    }

    private void writeProgram(String name) throws IOException {
        try (InputStream content = LabHome.class.getResourceAsStream("guest/" + name)) {
            if (content == null) {
                throw new IllegalStateException("guest/" + name + " is not on the class path");
            }
            Path file = bin().resolve(name);
            Files.write(file, content.readAllBytes());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** The disk of a storage host; what is on it stays. */
    Path image(HostPlan host, long bytes) throws IOException {
        Path image = images().resolve(host.name() + ".disk");
        if (!Files.exists(image)) {
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(bytes);
            }
        }
        return image;
    }

    /** What its last start was about; empty when there was none, or none that got as far. */
    Optional<LabRecord> record() throws IOException {
        return Files.exists(mark()) && Files.exists(recordFile())
                ? Optional.of(JsonFiles.read(recordFile(), LabRecord.class))
                : Optional.empty();
    }

    void write(LabRecord started) throws IOException {
        JsonFiles.write(recordFile(), started);
    }

    void forgetRecord() throws IOException {
        Files.deleteIfExists(recordFile());
    }

    /** Everything of it; nothing when it is not a lab's. */
    void remove() throws IOException {
        if (!Files.exists(mark())) {
            return;
        }
        try (Stream<Path> content = Files.list(root)) {
            for (Path own : content.filter(path -> !path.equals(mark())).toList()) {
                Archives.delete(own);
            }
        }
        // Last: a removal that was cut off can be done again.
        Archives.delete(root);
        Path above = root.getParent();
        if (above != null && isEmpty(above)) {
            Files.delete(above);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> content = Files.list(directory)) {
            return content.findAny().isEmpty();
        }
    }

    Path bin() {
        return root.resolve("bin");
    }

    Path run() {
        return root.resolve("run");
    }

    Path console(String host) {
        return logs().resolve(host + ".console.log");
    }

    /** What belongs to one host. */
    Path host(String name) {
        return root.resolve("hosts").resolve(name);
    }

    /** A line that whoever asks something of a host must begin with. */
    Path token() {
        return root.resolve("token");
    }

    private Path logs() {
        return root.resolve("log");
    }

    private Path images() {
        return root.resolve("images");
    }

    private Path recordFile() {
        return root.resolve("lab.json");
    }

    /** Says that the directory is a lab's; whoever starts or ends the lab holds a lock on it. */
    Path mark() {
        return root.resolve(".archipelago-lab");
    }
}

package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A directory in which the kernel shows its objects as files: sysfs and configfs. What is not there is an answer, no fault. */
public record KernelTree(Path root) {

    /** A subtree. */
    public KernelTree at(String... names) {
        Path path = root;
        for (String name : names) {
            path = path.resolve(name);
        }
        return new KernelTree(path);
    }

    public boolean exists() {
        return Files.exists(root);
    }

    /** Whether both lead to the same object; false if one of them leads nowhere. */
    public boolean isSame(KernelTree other) throws DriverFault {
        try {
            return Files.isSameFile(root, other.root());
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw fault("read", e);
        }
    }

    /** The names of what lies directly below, in order; none if this is not there. */
    public List<String> names() throws DriverFault {
        return below().stream().map(path -> path.getFileName().toString()).toList();
    }

    private List<Path> below() throws DriverFault {
        try (Stream<Path> below = Files.list(root)) {
            return below.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            // It went away while it was read.
            throw fault("read", new IOException(e.getMessage(), e));
        } catch (IOException e) {
            throw fault("read", e);
        }
    }

    /** What a file says, without the white space around it; nothing if it is not there. */
    public Optional<String> text(String file) throws DriverFault {
        return bytes(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
    }

    /** What stands in a file; nothing if it is not there. */
    public Optional<byte[]> bytes(String file) throws DriverFault {
        try {
            return Optional.of(Files.readAllBytes(root.resolve(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (isGoing(e)) {
                return Optional.empty();
            }
            throw fault("read " + file + " of", e);
        }
    }

    /** Whether a file says just this. */
    public boolean says(String file, String text) throws DriverFault {
        return text(file).filter(text::equals).isPresent();
    }

    /** Writes a file that is there; nothing is written if it says that already. */
    public void say(String file, String text) throws DriverFault {
        if (!says(file, text)) {
            write(file, text);
        }
    }

    /** Writes a file that is there. */
    public void write(String file, String text) throws DriverFault {
        try {
            Files.write(root.resolve(file), text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw fault("write " + file + " of", e);
        }
    }

    /** Makes the directory, and those above it. */
    public void make() throws DriverFault {
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw fault("make", e);
        }
    }

    /** Removes the directory, which is empty but for what the kernel put into it; false if it was not there. */
    public boolean remove() throws DriverFault {
        try {
            return Files.deleteIfExists(root);
        } catch (IOException e) {
            throw fault("remove", e);
        }
    }

    /** Makes a link in this directory to another. */
    public void link(String name, KernelTree to) throws DriverFault {
        try {
            Files.createSymbolicLink(root.resolve(name), to.root());
        } catch (FileAlreadyExistsException e) {
            // as it should be
        } catch (IOException e) {
            throw fault("link " + name + " in", e);
        }
    }

    /** The links in this directory. */
    public List<Path> links() throws DriverFault {
        return below().stream().filter(Files::isSymbolicLink).toList();
    }

    /**
     * The file is still there, and the device that it speaks of is not: the kernel is about to take it away. The device mapper has another
     * word for that than all others.
     */
    private static boolean isGoing(IOException e) {
        String reason = String.valueOf(e.getMessage());
        return reason.endsWith("No such device") || reason.endsWith("Invalid argument");
    }

    private DriverFault fault(String what, IOException why) {
        return DriverFault.failed("can not %s %s: %s".formatted(what, root, why.getMessage()));
    }
}

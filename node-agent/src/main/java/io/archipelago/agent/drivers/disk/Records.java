package io.archipelago.agent.drivers.disk;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.os.KernelTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What open-iscsi has written down of targets: one directory for each. They outlast the sessions, and a reboot. */
final class Records {

    private static final String END = "# END RECORD";

    private final List<Path> places;

    /**
     * @param places the directories in which versions of open-iscsi keep them; the first that is there is taken
     */
    Records(List<Path> places) {
        this.places = List.copyOf(places);
    }

    /** The targets of which something is written down, also those of others. */
    List<String> targets() throws DriverFault {
        return new KernelTree(place()).names();
    }

    /** Whether a target is written down as who may attach it; with what patience is no reason to break a session. */
    boolean agree(Login login) throws DriverFault {
        List<Path> files = files(login.target());
        for (Path file : files) {
            if (!lines(file).containsAll(wanted(login.identity()))) {
                return false;
            }
        }
        return !files.isEmpty();
    }

    /** Written here and not by iscsiadm, in whose arguments everybody on the host could read the secret. */
    void amend(Login login) throws DriverFault {
        Map<String, String> settings = login.settings();
        List<Path> files = files(login.target());
        if (files.isEmpty()) {
            throw DriverFault.failed("open-iscsi has written down nothing of %s in %s: it keeps that elsewhere"
                    .formatted(login.target(), place()));
        }
        for (Path file : files) {
            List<String> lines = new ArrayList<>(lines(file));
            lines.removeIf(line ->
                    line.equals(END) || settings.keySet().stream().anyMatch(name -> line.startsWith(name + " =")));
            lines.addAll(wanted(settings));
            lines.add(END);
            replace(file, login.target(), lines);
        }
    }

    /** Whole or not at all; where open-iscsi looks for records there is no half of one. */
    private void replace(Path file, String target, List<String> lines) throws DriverFault {
        Path made = half(target);
        try {
            Files.deleteIfExists(made);
            Files.createFile(made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(made, lines, StandardCharsets.UTF_8);
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw DriverFault.failed("can not write %s: %s".formatted(file, e.getMessage()));
        }
    }

    /** Takes away what a replacement that was cut off has left: the secret stands in there. */
    void clear(String target) throws DriverFault {
        Path made = half(target);
        try {
            Files.deleteIfExists(made);
        } catch (IOException e) {
            throw DriverFault.failed("can not remove %s: %s".formatted(made, e.getMessage()));
        }
    }

    private Path half(String target) throws DriverFault {
        return place().resolveSibling("archipelago-" + target + ".new");
    }

    private static List<String> wanted(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(each -> each.getKey() + " = " + each.getValue())
                .toList();
    }

    private List<Path> files(String target) throws DriverFault {
        Path directory = place().resolve(target);
        try (Stream<Path> below = Files.walk(directory)) {
            return below.filter(Files::isRegularFile).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw DriverFault.failed("can not read %s: %s".formatted(directory, e.getMessage()));
        }
    }

    private static List<String> lines(Path file) throws DriverFault {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw DriverFault.failed("can not read %s: %s".formatted(file, e.getMessage()));
        }
    }

    private Path place() {
        return places.stream().filter(Files::isDirectory).findFirst().orElse(places.getFirst());
    }
}

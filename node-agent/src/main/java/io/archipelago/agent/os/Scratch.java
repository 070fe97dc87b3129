package io.archipelago.agent.os;

import io.archipelago.agent.drivers.DriverFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file that is there for as long as one program reads it. */
final class Scratch {

    private Scratch() {}

    /** Who reads it. */
    @FunctionalInterface
    interface Reader {
        void read(String path) throws DriverFault;
    }

    static void with(List<String> lines, Reader reader) throws DriverFault {
        Path file;
        try {
            file = Files.createTempFile("agent-", ".in");
        } catch (IOException e) {
            throw DriverFault.failed("no file can be made for a program to read: " + e.getMessage());
        }
        try {
            Files.write(file, lines);
            reader.read(file.toString());
        } catch (IOException e) {
            throw DriverFault.failed("can not write %s: %s".formatted(file, e.getMessage()));
        } finally {
            if (!file.toFile().delete()) {
                file.toFile().deleteOnExit();
            }
        }
    }
}

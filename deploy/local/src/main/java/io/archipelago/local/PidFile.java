package io.archipelago.local;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is left on disk about a child, so that it can be found and stopped when its supervisor was killed. */
record PidFile(String name, ProcessIdentity process, Launch.StopSignal stopSignal) {

    void write(Path file) throws IOException {
        JsonFiles.write(file, this);
    }

    /** Empty when there is none, or when it is not readable as one: then it names no process that could be stopped. */
    static Optional<PidFile> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JsonFiles.read(file, PidFile.class));
        } catch (JacksonException unreadable) {
            return Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}

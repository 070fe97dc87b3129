package io.archipelago.local;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the supervisor says about its children, in a file that the commands read.
 *
 * @param supervisor whose word it is
 */
record StackState(
        ProcessIdentity supervisor,
        Phase phase,
        int portBase,
        @Nullable String problem,
        @Nullable Double readySeconds,
        List<ProcessState> processes) {

    enum Phase {
        STARTING,
        READY,
        /** It could not be started; everything was stopped again, and {@code problem} says why. */
        FAILED,
        STOPPING
    }

    /**
     * @param pid of the running or last process; 0 before the first
     * @param lastEnd how it ended the last time that nobody had asked it to
     */
    record ProcessState(
            String name,
            Condition condition,
            long pid,
            int port,
            int restarts,
            @Nullable String lastEnd) {}

    enum Condition {
        WAITING,
        STARTING,
        READY,
        RESTARTING,
        STOPPED
    }

    /** What that supervisor said last; empty when it has said nothing yet, whatever an earlier one did. */
    static Optional<StackState> of(Home home, ProcessIdentity supervisor) {
        return read(home).filter(state -> state.supervisor().equals(supervisor));
    }

    private static Optional<StackState> read(Home home) {
        if (!Files.exists(home.state())) {
            return Optional.empty();
        }
        try {
            return Optional.of(JsonFiles.read(home.state(), StackState.class));
        } catch (JacksonException unreadable) {
            return Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}

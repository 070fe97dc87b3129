package io.archipelago.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process, told apart from a later one that was given the same pid.
 *
 * <p>The start time is counted in clock ticks since boot, as the kernel keeps it: the wall clock start time that
 * {@link ProcessHandle} computes from it moves whenever the clock is set.
 */
record ProcessIdentity(long pid, long startTicks, String bootId) {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int START_TIME_FIELD = 22;

    static Optional<ProcessIdentity> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The second field is the program's name in parentheses and may hold blanks and parentheses itself.
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean zombie = afterName[0].equals("Z");
            long start = Long.parseLong(afterName[START_TIME_FIELD - 3]);
            return zombie
                    ? Optional.empty()
                    : Optional.of(new ProcessIdentity(
                            pid, start, Files.readString(BOOT_ID).strip()));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** Empty when that very process is gone. */
    Optional<ProcessHandle> handle() {
        return isAlive() ? ProcessHandle.of(pid) : Optional.empty();
    }
}

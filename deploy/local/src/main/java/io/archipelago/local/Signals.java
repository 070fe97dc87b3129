package io.archipelago.local;

import java.io.IOException;

final class Signals {

    private Signals() {}

    static void send(long pid, Launch.StopSignal signal) throws IOException, InterruptedException {
        switch (signal) {
            case TERM -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
            // Java itself sends only SIGTERM and SIGKILL, and a small Debian has no kill program beside the shell's.
            case INT ->
                new ProcessBuilder("bash", "-c", "kill -INT \"$1\"", "bash", Long.toString(pid))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
        }
    }
}

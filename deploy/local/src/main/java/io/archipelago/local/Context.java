package io.archipelago.local;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What every command of local mode works on. */
record Context(
        Home home, Stack stack, Installation installation, boolean recordsStarts, PrintStream out, PrintStream err) {

    static final String PORT_BASE = "VC_PORT_BASE";
    /** {@link #RECORD_OFF}: use the AOT caches that are there, and make none. */
    static final String RECORD = "VC_RECORD";

    static final String RECORD_OFF = "off";

    static Context of(Map<String, String> environment, Installation installation, PrintStream out, PrintStream err) {
        String home = environment.getOrDefault(Home.VARIABLE, "");
        String base = environment.getOrDefault(PORT_BASE, "");
        return new Context(
                new Home(home.isBlank() ? installation.repository().resolve(".vc") : Path.of(home)),
                Stack.ofTwoSites(base.isBlank() ? Stack.DEFAULT_PORT_BASE : portBase(base)),
                installation,
                !environment.getOrDefault(RECORD, "").equals(RECORD_OFF),
                out,
                err);
    }

    private static int portBase(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(PORT_BASE + " must be a number, not \"" + text + "\"", e);
        }
    }

    /** The supervisor of this home, when it lives. */
    Optional<ProcessHandle> supervisor() throws IOException {
        return PidFile.read(home.supervisor())
                .flatMap(written -> written.process().handle());
    }
}

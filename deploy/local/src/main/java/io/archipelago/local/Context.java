package io.archipelago.local;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What every command of local mode works on.
 *
 * @param begun when the user gave the command: the launcher's own work counts too
 */
record Context(
        Home home,
        Stack stack,
        Installation installation,
        boolean recordsStarts,
        Instant begun,
        PrintStream out,
        PrintStream err) {

    static final String PORT_BASE = "VC_PORT_BASE";
    /** The ports of {@link Stack#wan}, as {@code tokyo=31000,osaka=31001}; for tests. */
    static final String WAN = "VC_WAN";

    /** {@link #RECORD_OFF}: use the AOT caches that are there, and make none. */
    static final String RECORD = "VC_RECORD";

    static final String RECORD_OFF = "off";

    /** Set by the launcher: when it was called, in milliseconds since 1970. */
    static final String BEGUN = "VC_BEGUN";

    static Context of(Map<String, String> environment, Installation installation, PrintStream out, PrintStream err)
            throws IOException {
        String home = environment.getOrDefault(Home.VARIABLE, "");
        String base = environment.getOrDefault(PORT_BASE, "");
        Home at = new Home(home.isBlank() ? installation.repository().resolve(".vc") : Path.of(home));
        return new Context(
                at,
                Stack.ofTwoSites(base.isBlank() ? Stack.DEFAULT_PORT_BASE : port(PORT_BASE, base))
                        .withFleets(Fleet.chosen(at))
                        .withWan(wan(environment.getOrDefault(WAN, ""))),
                installation,
                !environment.getOrDefault(RECORD, "").equals(RECORD_OFF),
                begun(environment.getOrDefault(BEGUN, "")),
                out,
                err);
    }

    private static Map<String, Integer> wan(String text) {
        Map<String, Integer> ports = new HashMap<>();
        for (String entry : text.isBlank() ? new String[0] : text.split(",", -1)) {
            String[] siteAndPort = entry.split("=", 2);
            ports.put(siteAndPort[0], port(WAN, siteAndPort.length < 2 ? "" : siteAndPort[1]));
        }
        return ports;
    }

    private static Instant begun(String milliseconds) {
        return milliseconds.matches("\\d{1,15}") ? Instant.ofEpochMilli(Long.parseLong(milliseconds)) : Instant.now();
    }

    private static int port(String variable, String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(variable + " must be a number, not \"" + text + "\"", e);
        }
    }

    /** The supervisor of this home, when it lives. */
    Optional<ProcessIdentity> supervisor() {
        return home.livingSupervisor();
    }
}

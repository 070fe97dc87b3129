package io.archipelago.local;

import java.io.IOException;
import java.util.List;

/** Something that runs as a process of its own, listens on a port, and can tell whether it serves. */
interface Program {

    String name();

    /** All the ports that it binds; the first one is the one that its users talk to. */
    List<Integer> ports();

    /** What must be there before the process can start. Done before each start, so doing it again must be harmless. */
    void prepare() throws IOException;

    Launch launch();

    /** One cheap probe; false while it cannot serve. */
    boolean isReady();

    /** What must be done before others may use it (databases, topics). Done after each start, so it must be harmless. */
    void furnish() throws IOException;

    default int port() {
        return ports().getFirst();
    }
}

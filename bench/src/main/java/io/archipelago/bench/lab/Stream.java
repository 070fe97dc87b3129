package io.archipelago.bench.lab;

import java.util.ArrayList;
import java.util.List;

/** The commands of a stream of TCP from one place to another, by iperf3. */
final class Stream {

    private static final int PORT = 5201;

    private Stream() {}

    /** Takes what is sent, until its host loses its power. */
    static String[] serve() {
        return new String[] {"iperf3", "--server", "--daemon"};
    }

    /** Ends when somebody takes what is sent. */
    static String[] awaitServer() {
        String listening = "ss --no-header --listening --tcp --numeric sport = :%d".formatted(PORT);
        return new String[] {"bash", "-c", "until %s | grep -q .; do sleep 0.1; done".formatted(listening)};
    }

    /** Sends for some seconds, after one in which it finds out how much gets through. */
    static String[] to(String address, int seconds, String... more) {
        List<String> command = new ArrayList<>(
                List.of("iperf3", "--client", address, "--omit", "1", "--time", Integer.toString(seconds), "--json"));
        command.addAll(List.of(more));
        return command.toArray(String[]::new);
    }
}

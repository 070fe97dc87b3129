package io.archipelago.local;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The network between sites, which can be cut: before each site's broker a port that passes on what peers send and get. */
public final class Wan implements AutoCloseable {

    private static final int BACKLOG = 50;

    private final TreeMap<String, ServerSocket> doors = new TreeMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    private Wan() {}

    static Wan before(Stack stack) throws IOException {
        Wan wan = new Wan();
        for (Site site : stack.sites()) {
            ServerSocket door = new ServerSocket(0, BACKLOG, InetAddress.getByName(Ports.HOST));
            wan.doors.put(site.id(), door);
            var ignored = Thread.ofVirtual().start(() -> wan.admit(door, stack.federationPort(site)));
        }
        return wan;
    }

    /** From now on nothing passes: connections break, and no new one is made. */
    public void cut() {
        cut = true;
        open.forEach(Wan::closeQuietly);
    }

    /** It passes again. */
    public void heal() {
        cut = false;
    }

    /** As {@link Context#WAN} has it. */
    String ports() {
        return doors.entrySet().stream()
                .map(door -> door.getKey() + "=" + door.getValue().getLocalPort())
                .collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        doors.values().forEach(Wan::closeQuietly);
        cut();
    }

    private void admit(ServerSocket door, int port) {
        while (!door.isClosed()) {
            try {
                Socket peer = door.accept();
                var ignored = Thread.ofVirtual().start(() -> connect(peer, port));
            } catch (IOException closed) {
                // The loop looks whether it was the door.
            }
        }
    }

    private void connect(Socket peer, int port) {
        List<Socket> both = new ArrayList<>(List.of(peer));
        try {
            both.add(new Socket(Ports.HOST, port));
            open.addAll(both);
            // Asked after they can be seen: a cut that comes now finds them.
            if (!cut) {
                Thread back = Thread.ofVirtual().start(() -> pass(both.getLast(), peer));
                pass(peer, both.getLast());
                back.join();
            }
        } catch (IOException unreachable) {
            // As in any network: the peer sees a broken connection.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            both.forEach(Wan::closeQuietly);
            both.forEach(open::remove);
        }
    }

    /** Until one side is closed; then both are. */
    private static void pass(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException broken) {
            // The other direction ends as well: with the streams the sockets are closed.
        }
    }

    private static void closeQuietly(Closeable one) {
        try {
            one.close();
        } catch (IOException gone) {
            // It was to be closed.
        }
    }
}

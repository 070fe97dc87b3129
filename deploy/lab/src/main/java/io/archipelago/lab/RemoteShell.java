package io.archipelago.lab;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs commands on a host, as root. A request is the lab's token, what to do, and the arguments, each ended by a zero byte: none of them
 * has to be quoted, for no shell reads them.
 */
final class RemoteShell {

    private static final int PORT = 2222;
    private static final Duration TO_CONNECT = Duration.ofSeconds(3);
    /** In which the host ends a command that takes too long, and says so. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private static final int TIMED_OUT = 124;
    private static final int KILLED = 137;
    /** A zero byte and the exit code in three digits. */
    private static final int TRAILER = 4;

    private final String host;
    private final String address;
    private final Path token;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    RemoteShell(HostPlan plan, LabHome home) {
        this.host = plan.name();
        this.address = plan.address();
        this.token = home.token();
    }

    /** Whether the host takes requests. */
    boolean answers() {
        try (Socket socket = ask("greet", List.of())) {
            socket.setSoTimeout(Math.toIntExact(GRACE.toMillis()));
            return socket.getInputStream().read() >= 0;
        } catch (IOException silent) {
            return false;
        }
    }

    /**
     * Returns what it said when it ended.
     *
     * @throws IOException if the host does not answer, or if the command did not end in time, in which case it was ended
     */
    Result run(Duration limit, List<String> command) throws IOException {
        List<String> limited =
                new ArrayList<>(List.of("timeout", "--kill-after=5", Double.toString(limit.toMillis() / 1000.0)));
        limited.addAll(command);
        long begun = System.nanoTime();
        try (Socket socket = ask("run", limited)) {
            socket.setSoTimeout(Math.toIntExact(limit.plus(GRACE).toMillis()));
            Result result = read(socket.getInputStream());
            boolean late = System.nanoTime() - begun >= limit.toNanos();
            if (late && (result.code() == TIMED_OUT || result.code() == KILLED)) {
                throw new IOException("%s did not end within %s on %s and was ended; it said: %s"
                        .formatted(command.getFirst(), limit, host, result.said()));
            }
            return result;
        } catch (SocketException | SocketTimeoutException | EOFException e) {
            throw new IOException(host + " gave no answer to " + command.getFirst(), e);
        }
    }

    /** Passes on what it says as it says it, both outputs in one; returns its exit code. */
    int follow(List<String> command, OutputStream out) throws IOException {
        try (Socket socket = ask("follow", command)) {
            return pass(socket.getInputStream(), out);
        } catch (SocketException | EOFException e) {
            throw new IOException(host + " fell silent while it ran " + command.getFirst(), e);
        }
    }

    /** A shell for a person; the caller passes on what is typed and what is said. */
    Socket terminal(String kind, String rows, String columns) throws IOException {
        return ask("terminal", List.of(kind, rows, columns));
    }

    /** Ends what is asked at this moment: a host without power can not say that there will be no answer. */
    void hangUp() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    private Socket ask(String deed, List<String> arguments) throws IOException {
        byte[] request = request(Files.readString(token).strip(), deed, arguments);
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address, PORT), Math.toIntExact(TO_CONNECT.toMillis()));
            socket.getOutputStream().write(request);
            open.removeIf(Socket::isClosed);
            open.add(socket);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException("%s (%s) does not answer: %s".formatted(host, address, e.getMessage()), e);
        }
    }

    static byte[] request(String token, String deed, List<String> arguments) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(
                "%s\n%s\n%d\n".formatted(token, deed, arguments.size()).getBytes(StandardCharsets.UTF_8));
        for (String argument : arguments) {
            if (argument.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("an argument can not hold a zero byte");
            }
            request.writeBytes(argument.getBytes(StandardCharsets.UTF_8));
            request.write(0);
        }
        return request.toByteArray();
    }

    /** A line with the exit code and the lengths of both outputs, then these. */
    static Result read(InputStream answer) throws IOException {
        DataInputStream in = new DataInputStream(answer);
        StringBuilder header = new StringBuilder();
        for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
            header.append((char) next);
        }
        String[] fields = header.toString().split(" ", -1);
        return new Result(
                Integer.parseInt(fields[0]),
                text(in, Integer.parseInt(fields[1])),
                text(in, Integer.parseInt(fields[2])));
    }

    private static String text(DataInputStream in, int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Everything but the end of what comes is output; the end is the exit code. */
    static int pass(InputStream from, OutputStream to) throws IOException {
        byte[] held = new byte[1 << 16];
        int count = 0;
        for (int more = from.read(held); more > 0; more = from.read(held, count, held.length - count)) {
            count += more;
            int sure = count - TRAILER;
            if (sure > 0) {
                to.write(held, 0, sure);
                to.flush();
                System.arraycopy(held, sure, held, 0, TRAILER);
                count = TRAILER;
            }
        }
        if (count < TRAILER || held[0] != 0) {
            to.write(held, 0, count);
            throw new EOFException();
        }
        return Integer.parseInt(new String(held, 1, TRAILER - 1, StandardCharsets.US_ASCII));
    }
}

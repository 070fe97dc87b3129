package io.archipelago.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Every frame that passes one network interface of a host, from its begin to {@link #end}. */
final class Capture {

    static final String BROADCAST = "ff:ff:ff:ff:ff:ff";

    private static final Duration TO_BEGIN = Duration.ofMinutes(2);
    private static final int WHOLE = 0;
    private static final int HEADERS = 64;
    private static final HexFormat MAC = HexFormat.ofDelimiter(":");
    private static final int FILE_HEADER = 24;
    private static final int LENGTH_IN_HEADER = 8;
    private static final int FRAME_HEADER = 16;
    private static final int ADDRESS = 6;
    private static final int TYPE = 12;
    private static final int TAG = 14;
    private static final int SHORTEST_TAGGED = 16;
    private static final int TYPE_OF_TAGGED = 0x8100;
    private static final int VLAN_ID = 0x0fff;

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final LabHost host;
    private final String program = "capture-" + COUNT.incrementAndGet();
    private final String what;
    private final Path file;

    private Capture(LabHost host, String what) {
        this.host = host;
        this.what = what;
        this.file = host.share().resolve("captures").resolve(what);
    }

    /**
     * A frame.
     *
     * @param vlan its tag's; 0 if it has none
     */
    record Frame(String from, String to, int vlan) {}

    /** Returns when the first frame would be seen; {@code namespace} is empty for the host's own. */
    static Capture begin(LabHost host, String namespace, String nic) throws IOException {
        return begin(host, namespace, nic, WHOLE);
    }

    /** The same of no more than whence and whither a frame goes, where disks are read and written. */
    static Capture beginOfHeaders(LabHost host, String nic) throws IOException {
        return begin(host, "", nic, HEADERS);
    }

    private static Capture begin(LabHost host, String namespace, String nic, int bytes) throws IOException {
        Capture capture = new Capture(host, (namespace.isEmpty() ? "" : namespace + ".") + nic);
        Files.createDirectories(capture.file.getParent());
        List<String> command = new ArrayList<>();
        if (!namespace.isEmpty()) {
            command.addAll(List.of("ip", "netns", "exec", namespace));
        }
        command.addAll(List.of("tcpdump", "-Z", "root", "-n", "-U", "--immediate-mode", "-s", Integer.toString(bytes)));
        command.addAll(List.of("-i", nic, "-w", "/lab/hosts/%s/captures/%s".formatted(host.name(), capture.what)));
        host.start(new Program(capture.program, command, Map.of(), "/"));
        await(capture + " has begun")
                .atMost(TO_BEGIN)
                .until(() -> Files.exists(capture.file) && Files.size(capture.file) >= FILE_HEADER);
        return capture;
    }

    void end() throws IOException {
        host.stop(program);
    }

    List<Frame> frames() throws IOException {
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Frame> frames = new ArrayList<>();
        int at = FILE_HEADER;
        while (at + FRAME_HEADER <= all.limit()) {
            int length = all.getInt(at + LENGTH_IN_HEADER);
            at += FRAME_HEADER;
            // The last one may have been cut off.
            if (at + length <= all.limit()) {
                frames.add(frame(all.slice(at, length)));
            }
            at += length;
        }
        return frames;
    }

    private static Frame frame(ByteBuffer bytes) {
        int type = bytes.limit() < SHORTEST_TAGGED ? 0 : Short.toUnsignedInt(bytes.getShort(TYPE));
        return new Frame(
                address(bytes, ADDRESS), address(bytes, 0), type == TYPE_OF_TAGGED ? bytes.getShort(TAG) & VLAN_ID : 0);
    }

    private static String address(ByteBuffer bytes, int at) {
        byte[] address = new byte[ADDRESS];
        bytes.get(at, address);
        return MAC.formatHex(address);
    }

    /** Who sent any of them. */
    Set<String> senders() throws IOException {
        return frames().stream().map(Frame::from).collect(Collectors.toSet());
    }

    /** Who sent any of them to all. */
    Set<String> callers() throws IOException {
        return frames().stream()
                .filter(frame -> frame.to().equals(BROADCAST))
                .map(Frame::from)
                .collect(Collectors.toSet());
    }

    /** Whether the bytes of a MAC address stand anywhere, be it in a frame within a frame. */
    boolean containsAddress(String mac) throws IOException {
        return contains(MAC.parseHex(mac));
    }

    boolean containsText(String text) throws IOException {
        return contains(text.getBytes(StandardCharsets.US_ASCII));
    }

    private boolean contains(byte[] part) throws IOException {
        // One character for each byte.
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .contains(new String(part, StandardCharsets.ISO_8859_1));
    }

    LabHost host() {
        return host;
    }

    @Override
    public String toString() {
        return "the capture of %s on %s".formatted(what, host.name());
    }
}

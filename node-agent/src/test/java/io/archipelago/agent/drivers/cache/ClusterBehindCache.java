package io.archipelago.agent.drivers.cache;

import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.segment.LabHost;
import io.archipelago.agent.drivers.segment.SegmentPaths;
import io.archipelago.agent.os.IpBatch;
import io.archipelago.agent.os.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Machines at one side of a gateway's cache, and the frontend at the other. */
final class ClusterBehindCache {

    /** Together they are twice what a small cache keeps. */
    static final int LARGE_FILES = 8;

    static final int LARGE_BYTES = 6 << 20;
    private static final String FRONTEND = "lt-fe";

    private final LabHost lab;
    private final String origin;
    private final List<String> plugged = new ArrayList<>();

    /**
     * @param origin the frontend's address
     */
    ClusterBehindCache(LabHost lab, String origin) {
        this.lab = lab;
        this.origin = origin;
    }

    /** Plugs the frontend into the gateway's side of the segment; its log. */
    Path frontend(SegmentPaths.Place place) throws DriverFault, IOException {
        Path www = packages();
        lab.run("ip netns add " + FRONTEND);
        plugged.add(FRONTEND);
        IpBatch.onHost(lab.programs())
                .add("link add %s type veth peer name eth0 netns %s", FRONTEND, FRONTEND)
                .add("link set %s netns %s", FRONTEND, place.namespace())
                .run();
        new Namespace(place.namespace(), lab.programs())
                .ip()
                .add("link set %s master %s up", FRONTEND, place.bridge())
                .run();
        new Namespace(FRONTEND, lab.programs())
                .ip()
                .add("link set lo up")
                .add("address add %s/12 dev eth0", origin)
                .add("link set eth0 mtu 1400 up")
                .run();
        Path log = Files.createTempFile("lt-", ".log");
        new ProcessBuilder("ip", "netns", "exec", FRONTEND, "busybox", "httpd", "-f", "-vv", "-h", www.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await().until(() -> lab.in(FRONTEND, "ss -ltn").contains(":80 "));
        return log;
    }

    /** What it serves. */
    private static Path packages() throws IOException {
        Path www = Files.createTempDirectory("lt-www");
        Files.write(www.resolve("package"), new byte[1 << 20]);
        Path large = Files.write(www.resolve("large-0"), new byte[LARGE_BYTES]);
        for (int i = 1; i < LARGE_FILES; i++) {
            Files.createLink(www.resolve("large-" + i), large);
        }
        Path who = Files.createDirectories(www.resolve("cgi-bin")).resolve("who");
        Files.writeString(who, "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\necho $REMOTE_ADDR\n");
        Files.setPosixFilePermissions(who, PosixFilePermissions.fromString("rwxr-xr-x"));
        return www;
    }

    /** Plugs machines into a bridge of the segment; their names. */
    List<String> machines(String bridge, int count) throws DriverFault {
        List<String> machines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String machine = "lt-m" + i;
            plugged.add(machine);
            lab.plug(machine, "02:00:00:00:00:%02x".formatted(i + 1), bridge);
            lab.in(machine, "ip address add " + address(i) + "/12 dev eth0");
            machines.add(machine);
        }
        return machines;
    }

    static String address(int machine) {
        return "172.16.2." + (machine + 1);
    }

    /** What a machine gets, by the name of the frontend that it would have been told: code and bytes. */
    String fetch(String machine, String url) {
        try {
            return lab.in(
                            machine,
                            "curl --silent --max-time 20 --resolve frontend:80:" + origin
                                    + " --output /dev/null --write-out %{http_code}_%{size_download} " + url)
                    .replace('_', ' ');
        } catch (DriverFault e) {
            return e.reason();
        }
    }

    /** How often the frontend was asked for a file. */
    static long asked(Path log, String file) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains("url:/" + file))
                .count();
    }

    void unplug() {
        plugged.forEach(lab::unplug);
    }
}

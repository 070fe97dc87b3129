package io.archipelago.bench.lab;

import static java.util.Objects.requireNonNull;

import io.archipelago.bench.lab.Told.Place;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.lab.Lab;
import io.archipelago.lab.LabHost;
import io.archipelago.lab.Program;
import io.archipelago.lab.Result;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * How fast volumes are written and read from their first byte on, past every cache of their hosts, beside the disk that they are on. The
 * disk is measured at the very place where the first volume lies on it, so that the same bytes are written in both cases.
 */
final class VolumeBench {

    static final String STORAGE = "tokyo-s1";
    static final String COMPUTE = "tokyo-c01";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration TO_COPY = Duration.ofMinutes(5);
    /** For what a thin pool keeps of itself beside the data. */
    private static final int SLACK_MEGABYTES = 64;

    private static final int MEGABYTE = 1 << 20;

    private final LabHost storage;
    private final LabHost compute;
    private final LabSettings settings;
    private final int seed;
    private final PrintStream out;
    private final Map<String, Store> stores = new LinkedHashMap<>();

    /** What is written and read; both are told in megabytes of 10^6 bytes per second. */
    private interface Store {
        double write() throws IOException;

        double read() throws IOException;
    }

    VolumeBench(Lab lab, LabSettings settings, int seed, PrintStream out) {
        this.storage = lab.host(STORAGE);
        this.compute = lab.host(COMPUTE);
        this.settings = settings;
        this.seed = seed;
        this.out = out;
    }

    void run() throws IOException {
        make();
        out.printf("Writing and reading %d MiB of each, %d times ...%n", settings.megabytes(), settings.rounds());
        Table table = new Table("Volumes", "written MB/s", "read MB/s");
        stores.keySet().forEach(table::row);
        // What was never written costs the machine, and a thin pool, more than what was.
        for (Store store : stores.values()) {
            store.write();
        }
        Random random = new Random(seed);
        for (int round = 0; round < settings.rounds(); round++) {
            List<String> order = new ArrayList<>(stores.keySet());
            Collections.shuffle(order, random);
            for (String name : order) {
                Store store = requireNonNull(stores.get(name));
                double written = store.write();
                table.take(name, written, store.read());
            }
        }
        table.lines().forEach(out::println);
    }

    private void make() throws IOException {
        long begun = System.nanoTime();
        // Whoever prepares a host makes the pool.
        storage.output(
                LIMIT,
                "lvcreate",
                "-qq",
                "--type",
                "thin-pool",
                "--size",
                settings.megabytes() + SLACK_MEGABYTES + "M",
                Plan.THIN_POOL);
        compute.start(new Program("iscsid", List.of("/usr/sbin/iscsid", "-f"), Map.of(), "/"));
        String portal = storage.address() + ":3260";
        HostId storageHost = new HostId(STORAGE);
        HostId computeHost = new HostId(COMPUTE);
        long bytes = extents(settings.megabytes());
        Map<String, String> volumes =
                Agents.make(storage, new Errand(storageHost, portal, Plan.volumes(computeHost, bytes)));
        Map<String, String> disks = Agents.make(compute, new Errand(computeHost, "", Plan.disks(storageHost, portal)));
        String thick = at(volumes, Plan.volume(false).toString());
        Place raw = place(thick);
        stores.put(raw.device() + " under the first volume", new Device(storage, raw.device(), raw.offset()));
        stores.put("a volume of the group", new Device(storage, thick, 0));
        stores.put(
                "a volume of a thin pool",
                new Device(storage, at(volumes, Plan.volume(true).toString()), 0));
        stores.put(
                "the first over iSCSI",
                new Device(compute, at(disks, Plan.disk(false).toString()), 0));
        stores.put(
                "the thin one over iSCSI",
                new Device(compute, at(disks, Plan.disk(true).toString()), 0));
        storage.output(LIMIT, Stream.serve());
        storage.output(LIMIT, Stream.awaitServer());
        stores.put("the network between both", new Network());
        out.printf("The agents have made 2 volumes and 2 disks after %.1f s.%n", (System.nanoTime() - begun) / 1e9);
    }

    /** What is booked are multiples of 4 MiB. */
    private static long extents(int megabytes) {
        return (megabytes + 3) / 4 * 4L * MEGABYTE;
    }

    private Place place(String volume) throws IOException {
        String extents = lvm("lvs", "seg_pe_ranges", volume);
        long extentBytes = Long.parseLong(lvm("vgs", "vg_extent_size", Plan.GROUP));
        String device = extents.substring(0, Math.max(0, extents.indexOf(':')));
        long first = Long.parseLong(lvm("pvs", "pe_start", device));
        Place place = Told.place(extents, first, extentBytes);
        if (place.length() < (long) settings.megabytes() * MEGABYTE) {
            throw new IOException("the volume is smaller than what is to be written: " + place);
        }
        return place;
    }

    private String lvm(String command, String field, String thing) throws IOException {
        return storage.output(LIMIT, command, "--noheadings", "--units", "b", "--nosuffix", "--options", field, thing)
                .strip();
    }

    private static String at(Map<String, String> places, String key) {
        String place = places.get(key);
        if (place == null) {
            throw new IllegalStateException(key + " is nowhere");
        }
        return place;
    }

    /** A block device from a byte on, past the caches of the host that has it. */
    private final class Device implements Store {

        private final LabHost host;
        private final String path;
        private final long offset;

        Device(LabHost host, String path, long offset) {
            this.host = host;
            this.path = path;
            this.offset = offset;
        }

        @Override
        public double write() throws IOException {
            return copy(
                    "if=/dev/zero", "of=" + path, "seek=" + offset, "oflag=direct,seek_bytes", "conv=notrunc,fsync");
        }

        @Override
        public double read() throws IOException {
            return copy("if=" + path, "of=/dev/null", "skip=" + offset, "iflag=direct,skip_bytes");
        }

        private double copy(String... how) throws IOException {
            List<String> command = new ArrayList<>(List.of("dd", "bs=1M", "count=" + settings.megabytes()));
            command.addAll(List.of(how));
            Result copied = host.run(TO_COPY, command.toArray(String[]::new));
            copied.orFail(String.join(" ", command) + " on " + host.name());
            return Told.megabytes(copied.err());
        }
    }

    /** What carries iSCSI. */
    private final class Network implements Store {

        @Override
        public double write() throws IOException {
            return stream();
        }

        @Override
        public double read() throws IOException {
            return stream("--reverse");
        }

        private double stream(String... how) throws IOException {
            String told = compute.output(TO_COPY, Stream.to(storage.address(), settings.seconds(), how));
            return Told.megabits(told) / Byte.SIZE;
        }
    }
}

package io.archipelago.agent.drivers;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.SECOND;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static io.archipelago.agent.SiteFixture.diskKey;
import static io.archipelago.agent.SiteFixture.sealedTo;
import static io.archipelago.agent.SiteFixture.volumeKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import io.archipelago.wire.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a storage host and a compute host of a laboratory do together, driven from outside by one step at a time. */
public final class TwoHostStorage {

    private static final Duration PATIENCE = Duration.ofSeconds(180);

    /** Longer than a storage host is away. */
    private static final Duration WRITING = Duration.ofSeconds(90);

    /** Longer than it takes to begin to fence: the first write that fails ends it. */
    private static final Duration WRITING_UNTIL_FENCED = Duration.ofSeconds(120);

    private static final String PROGRESS = "/run/writes";
    private static final ResourceKey VOLUME = volumeKey("n1");
    private static final ResourceKey DISK = diskKey("n1");
    private static final String SECRET = "secret-number-1";

    private final Host storage;
    private final Host compute;
    private final String portal;
    private final List<String> java;

    /** A host of a laboratory. */
    public interface Host {

        /** Runs a program there, and answers what it writes to its standard output, however it ends. */
        String run(Duration limit, List<String> command);

        /** Ends it at once, without a word to anything that runs there. */
        void cutPower();

        /** Returns when programs can be run there. */
        void powerOn();
    }

    /**
     * @param portal where the storage host is reached from the compute host
     * @param java the command that runs a main class of these tests there, without the class's name
     */
    public TwoHostStorage(Host storage, Host compute, String portal, List<String> java) {
        this.storage = storage;
        this.compute = compute;
        this.portal = portal;
        this.java = List.copyOf(java);
    }

    /** A disk is attached, written to and removed; nothing of it is left. */
    public void aDiskIsAttachedAndRemoved() {
        export(COMPUTE);
        assertThat(attach(SECRET)).contains("\"condition\":\"READY\"");
        assertThat(write(Duration.ofSeconds(2)).join()).contains("fault=none");
        removeAll();
        assertThat(compute.run(PATIENCE, List.of("ls", "/sys/class/iscsi_session", "/etc/iscsi/nodes")))
                .doesNotContain("iqn", "session1");
    }

    /** Neither another secret nor another host gets in. */
    public void nobodyElseGetsIn() {
        export(COMPUTE);
        assertThat(attach("guessed-secret")).contains("with another name or secret for CHAP");
        export(SECOND);
        assertThat(attach(SECRET)).contains("is not exported to");
        removeAll();
    }

    /** The storage host's power is cut under a writing process, and no write fails. */
    public String aPowerCutOfTheStorageHostFailsNoWrite() {
        export(COMPUTE);
        attach(SECRET);
        CompletableFuture<String> writing = write(WRITING);
        awaitWrites();
        storage.cutPower();
        storage.powerOn();
        export(COMPUTE);
        String written = writing.join();
        assertThat(written).contains("fault=none");
        removeAll();
        return written;
    }

    /** The volume is taken from the host that has it, and its writes fail, long before the kernel would give up: see Login. */
    public Duration aHostThatIsFencedCanNotWrite() {
        export(COMPUTE);
        attach(SECRET);
        CompletableFuture<String> writing = write(WRITING_UNTIL_FENCED);
        awaitWrites();
        long began = System.nanoTime();
        CompletableFuture<Void> fencing = CompletableFuture.runAsync(() -> export(null), Thread::startVirtualThread);
        String written = writing.join();
        Duration lasted = Duration.ofNanos(System.nanoTime() - began);
        assertThat(written).contains("fault=").doesNotContain("fault=none");
        assertThat(longest(written)).isLessThan(10);
        fencing.join();
        removeAll();
        return lasted;
    }

    private void export(@Nullable HostId initiator) {
        VolumeSpec spec = new VolumeSpec("vg0", 64L << 20, initiator, "user", sealedTo(STORAGE, SECRET));
        assertThat(step(storage, STORAGE, "apply", VOLUME, spec)).contains("\"condition\":\"READY\"");
    }

    private String attach(String secret) {
        DiskSpec spec = new DiskSpec(STORAGE, VOLUME, portal, "user", sealedTo(COMPUTE, secret));
        return step(compute, COMPUTE, "apply", DISK, spec);
    }

    private void removeAll() {
        assertThat(step(compute, COMPUTE, "remove", DISK, null)).isEqualToIgnoringNewLines("{}");
        await().atMost(PATIENCE)
                .until(() ->
                        step(storage, STORAGE, "remove", VOLUME, null).strip().equals("{}"));
    }

    private CompletableFuture<String> write(Duration duration) {
        compute.run(PATIENCE, List.of("rm", "-f", PROGRESS));
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of(
                WriteProbe.class.getName(),
                "/run/archipelago/disks/" + DISK.id(),
                Long.toString(duration.toSeconds()),
                PROGRESS));
        return CompletableFuture.supplyAsync(() -> compute.run(PATIENCE, command), Thread::startVirtualThread);
    }

    /** How many seconds the longest write took. */
    private static double longest(String written) {
        return Double.parseDouble(written.replaceAll("(?s).*longest=([0-9.]+).*", "$1"));
    }

    private void awaitWrites() {
        await().atMost(PATIENCE)
                .until(() -> !compute.run(PATIENCE, List.of("cat", PROGRESS)).isBlank());
    }

    private String step(Host host, HostId id, String step, ResourceKey key, @Nullable ResourceSpec spec) {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of(DriverProbe.class.getName(), id.value(), step, key.toString()));
        if (spec != null) {
            command.add(Json.write(spec));
        }
        return host.run(PATIENCE, command);
    }
}

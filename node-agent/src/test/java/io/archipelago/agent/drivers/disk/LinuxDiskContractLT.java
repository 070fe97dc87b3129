package io.archipelago.agent.drivers.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.Driver;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.EveryDeath;
import io.archipelago.agent.drivers.InEveryRun;
import io.archipelago.agent.drivers.IscsiNames;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.drivers.volume.StorageFixture;
import io.archipelago.agent.os.OwnDirectory;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.Ids.HostId;
import io.archipelago.contracts.host.ResourceSpec.DiskSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks of open-iscsi do what all disks do. Runs on one host of the laboratory that is both storage host and compute host. */
class LinuxDiskContractLT extends DiskContract {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration KEEPS_WRITES = Duration.ofMinutes(7);

    private final Programs programs = new Programs(PATIENCE);
    private final DiskPaths paths = new DiskPaths(Path.of("/run/archipelago-test/disks"));
    private final StorageFixture storage = new StorageFixture();
    private final LinuxDiskDriver driver = driver(PATIENCE);

    private long bytes = 64L << 20;

    private LinuxDiskDriver driver(Duration patience) {
        return driver(programs, patience);
    }

    private LinuxDiskDriver driver(Programs with, Duration patience) {
        return LinuxDiskDriver.of(HOST, with, paths, LinuxDiskContractLT::unseal, KEEPS_WRITES, patience);
    }

    @AfterEach
    void leaveNothing() throws DriverFault {
        driver.remove(DISK, now());
        driver.close();
        storage.leaveNothing();
    }

    @Override
    protected Driver<DiskSpec> driver() {
        return driver;
    }

    @Override
    protected Instant now() {
        return Instant.now();
    }

    @Override
    protected String portal() {
        return "127.0.0.1:3260";
    }

    @Override
    protected void export(@Nullable HostId initiator, String secret) {
        storage.export(VOLUME, bytes, initiator, secret);
    }

    @Override
    protected void cutStoragePower() throws DriverFault {
        storage.cutPower();
    }

    @Override
    protected void settle(@Nullable Condition condition) {
        await().atMost(PATIENCE).until(() -> {
            Observed seen = observe().get(DISK);
            return (seen == null ? null : seen.condition()) == condition;
        });
    }

    @Test
    void outlivesThatAgentsAreKilledBetweenAnyTwoCommands() throws Exception {
        // Given
        export(HOST, SECRET);
        // Its path goes with the next look.
        observe();
        var deaths = new EveryDeath<>(programs, with -> driver(with, Duration.ofSeconds(5)), this::traces);

        // When, then
        deaths.play(DISK, spec(SECRET));
    }

    /** Records, sessions, and the path. */
    private List<String> traces() throws Exception {
        List<String> traces = new ArrayList<>(new Records(List.of(Path.of("/etc/iscsi/nodes"))).targets());
        traces.addAll(programs.end(List.of("iscsiadm", "--mode", "session"))
                .out()
                .lines()
                .toList());
        traces.add("path: " + Files.exists(paths.of(DISK), LinkOption.NOFOLLOW_LINKS));
        return traces;
    }

    @Test
    @InEveryRun
    void isFoundByItsPathWhateverTheKernelCallsIt() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);
        Path path = paths.of(DISK);
        Path device = path.toRealPath();
        assertThat(device.toString()).startsWith("/dev/sd");
        Files.delete(path);
        Files.createSymbolicLink(path, Path.of("/dev/sdz"));

        // When
        observe();

        // Then
        assertThat(path.toRealPath()).isEqualTo(device);

        // When
        driver.remove(DISK, now());
        observe();

        // Then
        assertThat(path).doesNotExist();
    }

    @Test
    void seesThatItsVolumeHasGrown() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);
        assertThat(seen().details()).containsEntry("bytes", Long.toString(64L << 20));

        // When
        bytes = 128L << 20;
        export(HOST, SECRET);

        // Then
        await().atMost(Rescanner.EVERY.multipliedBy(2))
                .until(() -> Long.toString(128L << 20).equals(seen().details().get("bytes")));
    }

    @Test
    void keepsWritesForAsLongAsItWasTold() throws Exception {
        export(HOST, SECRET);

        attach(SECRET);

        try (Stream<Path> sessions = Files.list(Path.of("/sys/class/iscsi_session"))) {
            Path session = sessions.findFirst().orElseThrow();
            assertThat(Files.readString(session.resolve("recovery_tmo")).strip())
                    .isEqualTo(Long.toString(KEEPS_WRITES.toSeconds()));
        }
    }

    @Test
    @InEveryRun
    void losesNoWriteWhenTheNetworkIsCutForAWhile(@TempDir Path directory) throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);
        String device = paths.of(DISK).toRealPath().toString();
        Path written = Files.write(directory.resolve("written"), "kept".getBytes(StandardCharsets.US_ASCII));
        CompletableFuture<Programs.Ended> write;

        // When: both sides of the session are on this host
        programs.run("tc", "qdisc", "add", "dev", "lo", "root", "netem", "loss", "100%");
        try {
            write = write(written, device);
            await().atMost(PATIENCE).until(() -> !states().contains("LOGGED_IN"));
            assertThat(write).isNotDone();
        } finally {
            programs.run("tc", "qdisc", "delete", "dev", "lo", "root");
        }

        // Then
        assertThat(write.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).code()).isZero();
        settle(Condition.READY);
        assertThat(paths.of(DISK).toRealPath()).asString().isEqualTo(device);
        assertThat(programs.run("dd", "if=" + device, "bs=512", "count=1", "iflag=direct"))
                .startsWith("kept");
    }

    @Test
    void failsWritesThatNobodyNeedsAnyMore(@TempDir Path directory) throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);
        String device = paths.of(DISK).toRealPath().toString();
        Path written = Files.write(directory.resolve("written"), "void".getBytes(StandardCharsets.US_ASCII));
        driver.giveUpWrites(DISK);
        assertThat(states()).as("a disk that can be written to is left alone").containsExactly("LOGGED_IN");
        programs.run("tc", "qdisc", "add", "dev", "lo", "root", "netem", "loss", "100%");
        try {
            CompletableFuture<Programs.Ended> write = write(written, device);
            await().atMost(PATIENCE).until(() -> !states().contains("LOGGED_IN"));
            assertThat(write).isNotDone();

            // When
            driver.giveUpWrites(DISK);

            // Then
            assertThat(write.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).code()).isNotZero();
        } finally {
            programs.run("tc", "qdisc", "delete", "dev", "lo", "root");
        }
    }

    private CompletableFuture<Programs.Ended> write(Path from, String device) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return programs.end(
                        List.of("dd", "if=" + from, "of=" + device, "conv=fsync,notrunc,sync", "bs=4096", "count=1"));
            } catch (DriverFault e) {
                throw new CompletionException(e);
            }
        });
    }

    /** Of all sessions, as the kernel has them. */
    private static List<String> states() throws IOException {
        try (Stream<Path> sessions = Files.list(Path.of("/sys/class/iscsi_session"))) {
            List<String> states = new ArrayList<>();
            for (Path session : sessions.toList()) {
                states.add(Files.readString(session.resolve("state")).strip());
            }
            return states;
        }
    }

    @Test
    @InEveryRun
    void refusesALunThatIsAnotherVolume() throws Exception {
        // Given
        export(HOST, SECRET);
        storage.serveAsAnother(VOLUME, HOST, SECRET);

        // Then
        assertThatThrownBy(() -> driver.apply(DISK, spec(SECRET), now()))
                .isInstanceOf(DriverFault.class)
                .hasMessageContaining("another volume");
        assertThat(observe()).doesNotContainKey(DISK);
        assertThat(paths.of(DISK)).doesNotExist();
    }

    @Test
    void leavesTheSecretWhereOnlyRootCanReadIt() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);

        // Then
        Path records = Path.of("/etc/iscsi/nodes", IscsiNames.target(STORAGE, VOLUME));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(records)))
                .isEqualTo("rwx------");

        // When
        driver.remove(DISK, now());

        // Then
        assertThat(records).doesNotExist();
    }

    @Test
    void endsASessionThatCanNotComeBackAsItWasBegun() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);
        storage.cutPower();
        settle(Condition.BROKEN);
        export(HOST, "secret-number-2");

        // When
        await().atMost(PATIENCE)
                .ignoreExceptionsMatching(StorageFixture::isWaiting)
                .until(() -> {
                    driver.apply(DISK, spec("secret-number-2"), now());
                    return true;
                });

        // Then
        assertThat(driver.observe(Map.of(DISK, spec("secret-number-2")), now()).get(DISK))
                .satisfies(seen -> assertThat(seen.condition()).isEqualTo(Condition.READY));
    }

    @Test
    void holdsUpNothingWhileAStorageHostDoesNotAnswer() throws Exception {
        // Given: one that takes connections, and says nothing.
        LinuxDiskDriver impatient = driver(Duration.ofMillis(100));
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String portal = "127.0.0.1:" + silent.getLocalPort();

            // When
            impatient.apply(DISK, spec(portal, SECRET), now());

            // Then
            assertThat(impatient
                            .observe(Map.of(DISK, spec(portal, SECRET)), now())
                            .get(DISK))
                    .isNotNull()
                    .returns(Condition.MAKING, Observed::condition)
                    .returns("is being attached", Observed::reason);

            // When
            await().atMost(PATIENCE).until(() -> !isBeingAttached(impatient));

            // Then: what came of it is told at the next try, which goes on by itself again.
            assertThatThrownBy(() -> impatient.apply(DISK, spec(portal, SECRET), now()))
                    .isInstanceOf(DriverFault.class)
                    .hasMessage("the storage host does not answer at " + portal);
        } finally {
            await().atMost(PATIENCE).until(() -> !isBeingAttached(impatient));
            impatient.close();
        }
    }

    @Test
    void isRemovedAlsoIfOpenIscsiHasForgottenIt() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);
        Path record = Path.of("/etc/iscsi/nodes", IscsiNames.target(STORAGE, VOLUME));
        new OwnDirectory(record).delete();

        // When
        driver.remove(DISK, now());

        // Then
        settle(null);
    }

    @Test
    void leavesAloneWhatIsNotOurs() throws Exception {
        // Given
        export(HOST, SECRET);
        attach(SECRET);
        String foreign = "iqn.2001-04.com.example:storage";
        programs.run("iscsiadm", "--mode", "node", "--op", "new", "--targetname", foreign, "--portal", portal());

        try {
            // When
            driver.remove(DISK, now());

            // Then
            assertThat(observe()).isEmpty();
            assertThat(new Records(List.of(Path.of("/etc/iscsi/nodes"))).targets())
                    .containsExactly(foreign);
        } finally {
            programs.run("iscsiadm", "--mode", "node", "--op", "delete", "--targetname", foreign);
        }
    }

    private static boolean isBeingAttached(LinuxDiskDriver driver) throws DriverFault {
        Observed seen =
                driver.observe(Map.of(DISK, spec("", SECRET)), Instant.now()).get(DISK);
        return seen != null && seen.condition() == Condition.MAKING;
    }

    private static Optional<String> unseal(String secret) {
        String prefix = HOST + ":";
        return secret.startsWith(prefix) ? Optional.of(secret.substring(prefix.length())) : Optional.empty();
    }
}

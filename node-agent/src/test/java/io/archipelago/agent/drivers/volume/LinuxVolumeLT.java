package io.archipelago.agent.drivers.volume;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static io.archipelago.agent.SiteFixture.sealedTo;
import static io.archipelago.agent.SiteFixture.volumeKey;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.archipelago.agent.drivers.Drawn;
import io.archipelago.agent.drivers.DriverFault;
import io.archipelago.agent.drivers.InEveryRun;
import io.archipelago.agent.drivers.IscsiNames;
import io.archipelago.agent.drivers.Observed;
import io.archipelago.agent.drivers.Observed.Condition;
import io.archipelago.agent.os.KernelTree;
import io.archipelago.agent.os.Programs;
import io.archipelago.contracts.host.ResourceKey;
import io.archipelago.contracts.host.ResourceSpec.VolumeSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What may befall a storage host, and what is never touched there. Runs on a storage host of the laboratory. */
@ExtendWith(Drawn.class)
class LinuxVolumeLT {

    private static final long MIB = 1L << 20;
    private static final ResourceKey VOLUME = volumeKey("n1");
    private static final String SECRET = "secret-number-1";
    private static final VolumeSpec SPEC =
            new VolumeSpec(StorageFixture.POOL, 128 * MIB, COMPUTE, "user", sealedTo(STORAGE, SECRET));

    /** 128 MiB take eight seconds. */
    private static final Wiper.Pace SLOWLY = new Wiper.Pace(16 * MIB, 8 * MIB, 16 * MIB);

    private StorageFixture storage = new StorageFixture();

    private final Programs programs = new Programs(StorageFixture.PATIENCE);
    private final KernelTree kernel = new KernelTree(StorageFixture.TARGETS);

    @AfterEach
    void leaveNothing() throws DriverFault {
        storage.leaveNothing();
    }

    @Test
    void servesAgainWhateverPartOfItsTargetIsMissing() throws Exception {
        storage.driver().apply(VOLUME, SPEC, Instant.now());
        for (int missing = 1; missing <= parts().size(); missing++) {
            for (Part part : parts().subList(0, missing)) {
                part.remove();
            }
            assertThat(seen().condition()).as("without %d parts", missing).isEqualTo(Condition.BROKEN);

            storage.driver().apply(VOLUME, SPEC, Instant.now());

            assertThat(seen().condition())
                    .as("after %d parts were missing", missing)
                    .isEqualTo(Condition.READY);
        }
    }

    @Test
    void servesAgainWhateverHalfOfItsDeviceWasMade() throws Exception {
        storage.driver().apply(VOLUME, SPEC, Instant.now());
        for (boolean withPath : new boolean[] {false, true}) {
            for (Part part : parts()) {
                part.remove();
            }
            backstore().make();
            if (withPath) {
                backstore().write("control", "udev_path=/dev/vg0/" + VOLUME.id());
            }

            storage.driver().apply(VOLUME, SPEC, Instant.now());

            assertThat(seen().condition()).isEqualTo(Condition.READY);
        }
    }

    @Test
    void isRemovedWhateverPartOfItsTargetIsMissing() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 3; round++) {
            storage.driver().apply(VOLUME, SPEC, Instant.now());
            int missing = random.nextInt(parts().size() + 1);
            for (Part part : parts().subList(0, missing)) {
                part.remove();
            }

            storage.driver().remove(VOLUME, Instant.now());

            awaitGone();
            assertThat(target().exists())
                    .as("seed %d, without %d parts", seed, missing)
                    .isFalse();
            assertThat(backstore().exists())
                    .as("seed %d, without %d parts", seed, missing)
                    .isFalse();
        }
    }

    @Test
    @InEveryRun
    void isWipedFromWhereTheLastAgentCameTo() throws Exception {
        // Given
        storage.leaveNothing();
        storage = new StorageFixture(SLOWLY);
        storage.driver().apply(VOLUME, SPEC, Instant.now());
        write(device(), 1 * MIB, "tenant");
        write(device(), 127 * MIB, "tenant");
        long free = requireNonNull(storage.driver().pools().look().bytes().get(StorageFixture.POOL));

        // When
        long began = System.nanoTime();
        storage.driver().remove(VOLUME, Instant.now());
        await().atMost(StorageFixture.PATIENCE).until(() -> percent() >= 25);
        storage.restartAgent();
        write(device(), 1 * MIB, "marker");

        // Then
        assertThat(percent()).as("the next agent goes on").isGreaterThanOrEqualTo(12);
        assertThat(storage.driver().pools().look().bytes())
                .as("the space is not free before")
                .containsEntry(StorageFixture.POOL, free);
        assertThatThrownBy(() -> storage.driver().apply(VOLUME, SPEC, Instant.now()))
                .hasMessageContaining("still being wiped");

        // When
        awaitGone();
        double seconds = (System.nanoTime() - began) / 1e9;
        assertThat(seconds * SLOWLY.bytesPerSecond())
                .as("what may be wiped in the time that it took")
                .isGreaterThanOrEqualTo(SPEC.bytes() - SLOWLY.chunk());
        lvcreate("successor", "--size", "128m", "--zero", "n", "--wipesignatures", "n");

        // Then
        try {
            Path successor = Path.of("/dev/vg0/successor");
            assertThat(read(successor, 1 * MIB))
                    .as("was not wiped a second time")
                    .isEqualTo("marker");
            assertThat(read(successor, 127 * MIB)).isEqualTo("\0\0\0\0\0\0");
        } finally {
            programs.run("lvremove", "-qq", "--yes", "vg0/successor");
        }
    }

    @Test
    void isWipedAfterThePowerFailed() throws Exception {
        // Given
        storage.driver().apply(VOLUME, SPEC, Instant.now());
        storage.driver().remove(VOLUME, Instant.now());

        // When
        storage.cutPower();

        // Then
        assertThat(seen().condition()).isEqualTo(Condition.REMOVING);
        awaitGone();
    }

    @Test
    @InEveryRun
    void leavesALogicalVolumeAloneThatIsNotOurs() throws Exception {
        // Given
        lvcreate(VOLUME.id(), "--size", "8m");

        try {
            // When
            storage.driver().remove(VOLUME, Instant.now());

            // Then
            assertThat(storage.driver().observe(Map.of(), Instant.now())).isEmpty();
            assertThatThrownBy(() -> storage.driver().apply(VOLUME, SPEC, Instant.now()))
                    .isInstanceOf(DriverFault.class)
                    .hasMessageContaining("already exists");
            assertThat(programs.run("lvs", "--noheadings", "-o", "lv_tags,lv_size", "vg0/" + VOLUME.id())
                            .strip())
                    .isEqualTo("8.00m");
        } finally {
            programs.run("lvremove", "-qq", "--yes", "vg0/" + VOLUME.id());
        }
    }

    @Test
    @InEveryRun
    void leavesATargetAloneThatIsNotOurs() throws Exception {
        // Given
        storage.driver().apply(VOLUME, SPEC, Instant.now());
        KernelTree foreign = kernel.at("iscsi", "iqn.2001-04.com.example:storage");
        KernelTree foreignStore = kernel.at("core", "iblock_7", "example");
        foreign.at("tpgt_1").make();
        foreignStore.make();

        try {
            // When
            storage.driver().remove(VOLUME, Instant.now());
            awaitGone();

            // Then
            assertThat(foreign.at("tpgt_1").exists()).isTrue();
            assertThat(foreignStore.exists()).isTrue();
        } finally {
            foreign.at("tpgt_1").remove();
            foreign.remove();
            foreignStore.remove();
            kernel.at("core", "iblock_7").remove();
        }
    }

    @Test
    void goesOnWhenItsDeviceWasLeftSuspended() throws Exception {
        // Given
        storage.driver().apply(VOLUME, SPEC, Instant.now());
        assertThat(seen().condition()).isEqualTo(Condition.READY);

        // When
        programs.run("dmsetup", "suspend", device().toString());

        // Then
        assertThat(seen())
                .returns(Condition.BROKEN, Observed::condition)
                .extracting(Observed::reason)
                .asString()
                .contains("is suspended");

        // When
        storage.driver().apply(VOLUME, SPEC, Instant.now());

        // Then
        assertThat(seen().condition()).isEqualTo(Condition.READY);
        write(device(), 1 * MIB, "tenant");
    }

    @Test
    void isRemovedAlsoIfItsDeviceWasLeftSuspended() throws Exception {
        // Given
        storage.driver().apply(VOLUME, SPEC, Instant.now());
        programs.run("dmsetup", "suspend", device().toString());

        // When
        storage.driver().remove(VOLUME, Instant.now());

        // Then
        awaitGone();
    }

    @Test
    void refusesAPoolThatIsNotForVolumes() {
        VolumeSpec elsewhere = new VolumeSpec("vg9", 8 * MIB, COMPUTE, "user", sealedTo(STORAGE, SECRET));

        assertThatThrownBy(() -> storage.driver().apply(VOLUME, elsewhere, Instant.now()))
                .isInstanceOf(DriverFault.class)
                .hasMessage("this host has no pool vg9 for volumes: agent.host.pools names vg0, vg0/tp0");
    }

    @Test
    void seesInTimeWhatSomebodyElseDid() throws Exception {
        // Given
        storage.driver().apply(VOLUME, SPEC, Instant.now());
        assertThat(seen().condition()).isEqualTo(Condition.READY);
        String path = "vg0/" + VOLUME.id();

        // When
        programs.run(
                "lvchange",
                "-qq",
                "--addtag",
                "archipelago:" + volumeKey("n2").id(),
                "--deltag",
                "archipelago:" + VOLUME.id(),
                path);

        // Then
        await().atMost(LvmState.MOST_AGE.multipliedBy(2))
                .until(() -> storage.driver().observe(Map.of(), Instant.now()).containsKey(volumeKey("n2")));
    }

    /** A part of what serves the volume, which can be taken away once those before it are. */
    @FunctionalInterface
    private interface Part {
        void remove() throws DriverFault;
    }

    private List<Part> parts() {
        KernelTree group = target().at("tpgt_1");
        KernelTree acl = group.at("acls", IscsiNames.initiator(COMPUTE));
        return List.of(
                () -> group.say("enable", "0"),
                () -> acl.at("auth").say("password", "another-secret"),
                () -> new KernelTree(acl.at("lun_0").links().getFirst()).remove(),
                () -> acl.at("lun_0").remove(),
                acl::remove,
                () -> new KernelTree(group.at("lun", "lun_0").links().getFirst()).remove(),
                () -> group.at("lun", "lun_0").remove(),
                () -> group.at("np", StorageFixture.EVERYWHERE).remove(),
                () -> group.at("attrib").say("generate_node_acls", "1"),
                group::remove,
                () -> target().remove(),
                () -> backstore().remove());
    }

    private KernelTree target() {
        return kernel.at("iscsi", IscsiNames.target(STORAGE, VOLUME));
    }

    private KernelTree backstore() {
        return kernel.at("core", "iblock_0", IscsiNames.target(STORAGE, VOLUME));
    }

    private Observed seen() throws DriverFault {
        return requireNonNull(
                storage.driver().observe(Map.of(VOLUME, SPEC), Instant.now()).get(VOLUME));
    }

    /** How much of it is wiped. */
    private int percent() throws DriverFault {
        return Integer.parseInt(seen().reason().replaceAll("\\D", ""));
    }

    private void awaitGone() {
        await().atMost(StorageFixture.PATIENCE)
                .until(() -> storage.driver().observe(Map.of(), Instant.now()).isEmpty());
    }

    private void lvcreate(String name, String... options) throws DriverFault {
        List<String> command = new ArrayList<>(List.of("lvcreate", "-qq", "--yes", "--name", name));
        command.addAll(List.of(options));
        command.add(StorageFixture.POOL);
        programs.run(command.toArray(String[]::new));
    }

    private static Path device() {
        return Path.of("/dev/vg0", VOLUME.id());
    }

    private static void write(Path device, long at, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), at);
            channel.force(false);
        }
    }

    private static String read(Path device, long at) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(6);
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
            channel.read(text, at);
        }
        return new String(text.array(), StandardCharsets.US_ASCII);
    }
}

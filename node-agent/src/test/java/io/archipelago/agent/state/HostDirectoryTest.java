package io.archipelago.agent.state;

import static io.archipelago.agent.SiteFixture.COMPUTE;
import static io.archipelago.agent.SiteFixture.NINE;
import static io.archipelago.agent.SiteFixture.SECOND;
import static io.archipelago.agent.SiteFixture.STORAGE;
import static io.archipelago.agent.SiteFixture.disk;
import static io.archipelago.agent.SiteFixture.diskKey;
import static io.archipelago.agent.SiteFixture.machineKey;
import static io.archipelago.agent.SiteFixture.segment;
import static io.archipelago.agent.SiteFixture.segmentKey;
import static io.archipelago.agent.SiteFixture.volume;
import static io.archipelago.agent.SiteFixture.volumeKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.archipelago.agent.host.SpecCopy;
import io.archipelago.agent.world.SimHost;
import io.archipelago.agent.world.SimThing;
import io.archipelago.contracts.host.DesiredResource;
import io.archipelago.wire.Sealed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostDirectoryTest {

    private static final SpecCopy COPY = new SpecCopy(
            List.of(
                    new DesiredResource(segmentKey(), 3, false, NINE, segment(100)),
                    new DesiredResource(diskKey("n1"), 1, true, null, disk(COMPUTE, "n1"))),
            Set.of(machineKey("n1")),
            Set.of(machineKey("n9")),
            List.of(new SpecCopy.Past(segmentKey(), 7, NINE)));

    @TempDir
    private Path state;

    @Test
    void aSecondAgentIsRefusedUntilTheFirstIsGone() throws Exception {
        try (HostDirectory first = HostDirectory.open(state, COMPUTE);
                HostDirectory other = HostDirectory.open(state, SECOND)) {
            assertThat(first.host()).isNotEqualTo(other.host());
            assertThatThrownBy(() -> HostDirectory.open(state, COMPUTE))
                    .isInstanceOf(HostDirectory.SecondAgent.class)
                    .hasMessageStartingWith("an agent for tokyo-c01 runs already");
        }
        try (HostDirectory next = HostDirectory.open(state, COMPUTE)) {
            assertThat(next.host()).isEqualTo(COMPUTE);
        }
    }

    @Test
    void aRelativeStateDirectoryLiesWhereTheAgentWasStarted() throws Exception {
        Path relative = Path.of("").toAbsolutePath().relativize(state);
        try (HostDirectory directory = HostDirectory.open(relative, COMPUTE)) {
            assertThat(directory.state()).isAbsolute();
            assertThat(directory.state().toRealPath()).isEqualTo(state.toRealPath());
        }
    }

    @Test
    void epochsRiseWhateverTheClockDoes() throws Exception {
        try (HostDirectory directory = HostDirectory.open(state, COMPUTE)) {
            long first = directory.nextEpoch(NINE);
            long second = directory.nextEpoch(NINE);
            long third = directory.nextEpoch(NINE.minusSeconds(86_400));
            long fourth = directory.nextEpoch(NINE.plusSeconds(86_400));

            assertThat(List.of(first, second, third, fourth)).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void epochsRiseAlsoAfterTheDirectoryWasLost() throws Exception {
        long before;
        try (HostDirectory directory = HostDirectory.open(state.resolve("lost"), COMPUTE)) {
            before = directory.nextEpoch(NINE);
        }
        try (HostDirectory directory = HostDirectory.open(state.resolve("fresh"), COMPUTE)) {
            assertThat(directory.nextEpoch(NINE.plusSeconds(1))).isGreaterThan(before);
        }
    }

    @Test
    void identityAndKeyOutliveTheAgent() throws Exception {
        String machineId;
        HostDirectory.SealingKey key;
        try (HostDirectory directory = HostDirectory.open(state, COMPUTE)) {
            machineId = directory.machineId();
            key = directory.sealingKey();
        }
        try (HostDirectory directory = HostDirectory.open(state, COMPUTE)) {
            assertThat(directory.machineId()).isEqualTo(machineId);
            String secret = Sealed.seal(key.announced(), "s3cret");
            assertThat(Sealed.unseal(directory.sealingKey().secret(), secret)).isEqualTo("s3cret");
        }
        assertThat(key.toString()).contains(key.announced()).doesNotContain("PRIVATE", "secret");
    }

    @Test
    void onlyTheOwnerMayReadWhatIsKept() throws Exception {
        try (HostDirectory directory = HostDirectory.open(state, COMPUTE)) {
            assertThat(directory.sealingKey().announced()).isNotEmpty();
            directory.keep(COPY);
        }
        for (String name : List.of("sealing-key", "specs.json")) {
            Path file = state.resolve("tokyo-c01").resolve(name);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as(name)
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void theCopyIsReadAsItWasKept() throws Exception {
        try (HostDirectory directory = HostDirectory.open(state, COMPUTE)) {
            assertThat(directory.specs()).isEqualTo(SpecCopy.EMPTY);

            directory.keep(COPY);

            assertThat(directory.specs()).isEqualTo(COPY);
        }
    }

    @Test
    void aDamagedCopyCountsAsNone() throws Exception {
        try (HostDirectory directory = HostDirectory.open(state, COMPUTE)) {
            directory.keep(COPY);
            Path file = state.resolve("tokyo-c01/specs.json");
            String content = Files.readString(file);

            Files.writeString(file, content.replace("\"vlan\":100", "\"vlan\":101"));
            assertThat(directory.specs()).isEqualTo(SpecCopy.EMPTY);

            Files.writeString(file, content.substring(0, content.length() / 2));
            assertThat(directory.specs()).isEqualTo(SpecCopy.EMPTY);

            Files.writeString(file, content);
            assertThat(directory.specs()).isEqualTo(COPY);
        }
    }

    @Test
    void whatIsOnASimulatedHostIsReadAsItWasKept() throws Exception {
        SimHost.Contents contents = new SimHost.Contents(
                true,
                Map.of(
                        volumeKey("n1"), new SimThing(volume("n1", COMPUTE), NINE, false, true, true),
                        segmentKey(), new SimThing(segment(100), NINE, true, false, false)),
                Set.of("vg0"));
        try (HostDirectory directory = HostDirectory.open(state, STORAGE)) {
            assertThat(directory.world()).isEmpty();

            directory.keep(contents);

            assertThat(directory.world()).contains(contents);
        }
    }

    @Test
    void whatWasKeptBeforeVolumesWereWipedIsStillRead() throws Exception {
        try (HostDirectory directory = HostDirectory.open(state, STORAGE)) {
            SimThing volume = new SimThing(volume("n1", COMPUTE), NINE, false, true, false);
            directory.keep(new SimHost.Contents(true, Map.of(volumeKey("n1"), volume), Set.of()));
            Path file = state.resolve("tokyo-s1/world.json");
            String content = Files.readString(file);

            Files.writeString(file, content.replace(",\"dirty\":false", "").replace(",\"unwiped\":[]", ""));

            assertThat(Files.readString(file)).doesNotContain("dirty", "unwiped");
            assertThat(directory.world())
                    .contains(new SimHost.Contents(true, Map.of(volumeKey("n1"), volume), Set.of()));
        }
    }

    @Test
    void whatCannotBeWrittenIsNotPassedOver() throws Exception {
        try (HostDirectory directory = HostDirectory.open(state, COMPUTE)) {
            Files.createDirectories(state.resolve("tokyo-c01/specs.json.next/occupied"));

            assertThatThrownBy(() -> directory.keep(COPY)).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void aDamagedEpochIsASentence() throws Exception {
        try (HostDirectory directory = HostDirectory.open(state, COMPUTE)) {
            Files.writeString(state.resolve("tokyo-c01/epoch"), "seven");

            assertThatThrownBy(() -> directory.nextEpoch(NINE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("holds no number");
        }
    }
}
